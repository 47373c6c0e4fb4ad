import { describe, expect, it } from "vitest";
import { secretMask } from "../../../../../toolchain/plugins/command/secrecy";
import { asSecret } from "../../../../../toolchain/plugins/shared/values";

describe("secretMask", () => {
  it("hides secrets and each line of a longer one, the longest first", () => {
    const mask = secretMask({ a: asSecret("pass"), b: asSecret(["passphrase", "line one\nline two\n"]) });
    expect(mask("passphrase, pass; line two")).toBe("[secret], [secret]; [secret]");
  });

  it("leaves public values and very short secrets alone", () => {
    expect(secretMask({ a: "public", b: asSecret("no") })("public notes")).toBe("public notes");
  });
});
