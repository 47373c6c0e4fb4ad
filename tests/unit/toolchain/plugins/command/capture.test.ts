import { describe, expect, it } from "vitest";
import { OutputCapture } from "../../../../../toolchain/plugins/command/capture";

describe("OutputCapture", () => {
  it("puts lines and characters together that arrive in pieces", () => {
    const lines: string[] = [];
    const capture = new OutputCapture(undefined, (line) => lines.push(line));
    const euro = Buffer.from("€");
    capture.write("stdout", Buffer.concat([Buffer.from("one\ntw"), euro.subarray(0, 1)]));
    capture.write("stderr", Buffer.from("warning\r\n"));
    capture.write("stdout", Buffer.concat([euro.subarray(1), Buffer.from("o\n\nend")]));
    capture.end();
    expect(lines).toEqual(["one", "warning", "tw€o", "", "end"]);
    expect(capture.outputs).toEqual({ stdout: "one\ntw€o\n\nend", stderr: "warning\r" });
    expect(capture.together).toBe("one\ntwwarning\r\n€o\n\nend");
  });

  it("takes off one last line break, not more", () => {
    const capture = new OutputCapture("none", () => expect.unreachable());
    capture.write("stdout", Buffer.from("a\n\n"));
    capture.end();
    expect(capture.outputs).toEqual({ stdout: "a\n", stderr: "" });
  });
});
