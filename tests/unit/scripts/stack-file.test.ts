import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { withRelease, withValues } from "../../../scripts/operations/stack-file";

describe("values of a stack's file", () => {
  it("make a new file below its heading", () => {
    const values = { system: "audifi", proxy: { httpPort: 8080, certificates: "internal" } };
    expect(withValues("# Mine.\n#\n# And yours.\n", values)).toBe(
      [
        "# Mine.",
        "#",
        "# And yours.",
        "",
        "config:",
        "  backline:system: audifi",
        "  backline:proxy:",
        "    httpPort: 8080",
        "    certificates: internal",
        "",
      ].join("\n"),
    );
  });

  it("are set in a file whose comments, order and other keys stay", () => {
    const text = [
      "# Mine.",
      "encryptionsalt: v1:salt",
      "config:",
      "  # Where it is.",
      "  backline:domain: example.com # old",
      "  backline:images:",
      "    registry: mirror.example.com",
      "  aws:region: eu-central-1",
      "",
    ].join("\n");
    expect(withValues(text, { images: { source: "local", unavailable: ["grafana"] } })).toBe(
      [
        "# Mine.",
        "encryptionsalt: v1:salt",
        "config:",
        "  # Where it is.",
        "  backline:domain: example.com # old",
        "  backline:images:",
        "    registry: mirror.example.com",
        "    source: local",
        "    unavailable:",
        "      - grafana",
        "  aws:region: eu-central-1",
        "",
      ].join("\n"),
    );
  });

  it("are set in a file that has no configuration yet", () => {
    expect(withValues("encryptionsalt: v1:salt\n", { domain: "example.com" })).toBe(
      "encryptionsalt: v1:salt\nconfig:\n  backline:domain: example.com\n",
    );
  });
});

describe("a release in a stack's file", () => {
  // Eight digits, and eight that a number could be written with.
  const ids = ["12345678", "12e45678", "3f9c2a11"];
  const text = "# Mine.\nconfig:\n  backline:domain: example.com # old\n";
  const release = (id: string) => ({
    id,
    images: { api: "backline/qa-api:0123456789ab" },
    migration: "0007_x",
  });

  it.each(ids)("is text, whatever its id looks like: %s", (id) => {
    const held = withRelease(text, release(id));
    expect(parse(held).config["backline:release"].id).toBe(id);
    expect(held.startsWith(text)).toBe(true);
  });

  it("takes the place of the one before, and goes without a trace", () => {
    const held = withRelease(text, {
      ...release("aaaaaaaa"),
      images: { gone: "backline/qa-gone:0123456789ab" },
    });
    expect(withRelease(held, release("bbbbbbbb"))).toBe(
      `${text}  backline:release:\n    id: bbbbbbbb\n    migration: 0007_x\n    images:\n      api: backline/qa-api:0123456789ab\n`,
    );
    expect(withRelease(held, undefined)).toBe(text);
    expect(withRelease(text, undefined)).toBe(text);
  });
});
