import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { InputError } from "../../../components/shared/errors";
import {
  devHeading,
  devValues,
  newStackValues,
  withRelease,
  withValues,
} from "../../../scripts/operations/stack-file";
import { resolve } from "../../../stacks/settings/resolve";

const valid = (values: Readonly<Record<string, unknown>>): boolean =>
  resolve({ stack: "qa", file: "Pulumi.qa.yaml", values, plainSecrets: [] }, { missing: "warn" }).ok;

describe("values of a stack's file", () => {
  it("make a new file below its heading", () => {
    expect(withValues(devHeading, devValues)).toBe(
      [
        "# A copy of the platform for this machine. Made by `./backline init dev`; change what you like.",
        "",
        "config:",
        "  backline:system: audifi",
        "  backline:domain: audifi.localhost",
        "  backline:proxy:",
        "    httpPort: 8080",
        "    httpsPort: 8443",
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

describe("a new stack", () => {
  it("of dev is valid", () => {
    expect(valid(devValues)).toBe(true);
  });

  it("on this machine gets certificates of its own and ports that need no rights", () => {
    const values = newStackValues("qa", { domain: "qa.localhost" });
    expect(values).toEqual({
      system: "audifi",
      domain: "qa.localhost",
      proxy: { certificates: "internal", httpPort: 8080, httpsPort: 8443 },
    });
    expect(valid(values)).toBe(true);
  });

  it("on a host gets public certificates", () => {
    const values = newStackValues("qa", {
      domain: "example.com",
      host: "203.0.113.5",
      user: "ops",
      email: "ops@example.com",
    });
    expect(values).toEqual({
      system: "audifi",
      domain: "example.com",
      host: { address: "203.0.113.5", user: "ops" },
      proxy: { certificates: "acme", email: "ops@example.com" },
    });
    expect(valid(values)).toBe(true);
  });

  it("without a domain is refused with an example", () => {
    expect(() => newStackValues("qa", {})).toThrow(
      new InputError([
        {
          code: "no-stack-file",
          file: "Pulumi.qa.yaml",
          path: "",
          message:
            "there is no such file; say what to write into it: ./backline init qa --domain example.com --host 203.0.113.5 --email ops@example.com",
        },
      ]),
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
