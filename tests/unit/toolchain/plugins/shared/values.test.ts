import { describe, expect, it } from "vitest";
import {
  asSecret,
  containsSecret,
  containsUnknown,
  readAsset,
  reveal,
  secretTexts,
  UNKNOWN,
} from "../../../../../toolchain/plugins/shared/values";

const SIGNATURE = "4dabf18193072939515e22adb298388d";

describe("property values", () => {
  it("marks a value as secret once, whatever is secret within", () => {
    const secret = { [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", value: { a: "b" } };
    expect(asSecret({ a: asSecret("b") })).toEqual(secret);
    expect(asSecret(secret)).toBe(secret);
  });

  it("takes off every mark of secrecy", () => {
    expect(reveal({ a: asSecret("b"), c: [asSecret({ d: 1 }), null] })).toEqual({
      a: "b",
      c: [{ d: 1 }, null],
    });
  });

  it("finds secrets and unknown values at any depth", () => {
    expect(containsSecret({ a: ["b", asSecret("c")] })).toBe(true);
    expect(containsSecret({ a: ["b"] })).toBe(false);
    expect(containsUnknown(asSecret([UNKNOWN]))).toBe(true);
    expect(containsUnknown("04da6b54")).toBe(false);
  });

  it("lists the texts within secrets only", () => {
    expect(secretTexts({ a: "open", b: asSecret({ c: "one", d: ["two", 3] }) })).toEqual(["one", "two"]);
  });

  it("reads assets and archives and nothing else", () => {
    const asset = { [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17" };
    expect(readAsset({ ...asset, hash: "1", text: "" })).toEqual({ kind: "asset", hash: "1", text: "" });
    expect(readAsset({ ...asset, path: "/a", text: "" })).toEqual({ kind: "asset", hash: "", path: "/a" });
    expect(readAsset({ [SIGNATURE]: "0def7320c3a5731c473e5ecbe6d01bc7", path: "/a" })).toEqual({
      kind: "archive",
      hash: "",
      path: "/a",
    });
    expect(readAsset(asSecret("a"))).toBeUndefined();
    expect(readAsset("a")).toBeUndefined();
  });
});
