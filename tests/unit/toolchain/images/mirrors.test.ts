import { describe, expect, it } from "vitest";
import { parseMirrors } from "../../../../toolchain/images/mirrors";

describe("parseMirrors", () => {
  it("takes the host's http mirrors and its proxy", () => {
    const targets = [
      "https://mirror.example/debian|Debian",
      "http://mirror.example/debian|Debian",
      "http://mirror.example/debian|Debian",
      "http://mirror.example/security|Debian-Security",
      "http://ppa.example|Other",
    ].join("\n");
    expect(parseMirrors(targets, "proxy='http://127.0.0.1:3128'")).toEqual({
      main: "http://mirror.example/debian",
      security: "http://mirror.example/security",
      proxy: "http://127.0.0.1:3128",
    });
  });

  it("leaves out what the host does not have over http", () => {
    const targets = "https://mirror.example/debian|Debian\nhttp://archive.example/ubuntu|Ubuntu";
    expect(parseMirrors(targets, "")).toEqual({});
  });
});
