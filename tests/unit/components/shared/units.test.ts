import { describe, expect, it } from "vitest";
import { parseBytes } from "../../../../components/shared/units";

describe("parseBytes", () => {
  it.each([
    ["1Ki", 1024],
    ["64Ki", 65_536],
    ["1.5Mi", 1_572_864],
    ["1Gi", 1_073_741_824],
  ])("reads %s as %d bytes", (text, expected) => {
    expect(parseBytes(text)).toBe(expected);
  });

  it.each([
    [64, '64 has no unit; write "64Ki" or "64Mi"'],
    ["64", '"64" has no unit; write "64Ki" or "64Mi"'],
    ["64KB", '"64KB" is not a size; write "64Ki", "10Mi" or "1Gi"'],
    ["-1Mi", '"-1Mi" is not a size; write "64Ki", "10Mi" or "1Gi"'],
    ["0Mi", '"0Mi" is not a whole number of bytes from 1Ki; write "1Ki"'],
    ["1.0001Ki", '"1.0001Ki" is not a whole number of bytes from 1Ki; write "1Ki"'],
    [undefined, 'undefined is not a size; write "64Ki", "10Mi" or "1Gi"'],
  ])("refuses %j", (value, message) => {
    expect(() => parseBytes(value)).toThrow(message);
  });
});
