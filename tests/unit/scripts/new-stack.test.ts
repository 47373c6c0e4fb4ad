import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../../../components/shared/errors";
import { ensureStackFile, missingSecrets } from "../../../scripts/operations/initialise";
import { newStackHeading, newStackValues } from "../../../scripts/operations/new-stack";
import { systems } from "../../../stacks/systems";
import { resolution } from "../../support/resolution";
import { settingsOfSystem } from "../../support/systems";

const valid = (values: Readonly<Record<string, unknown>>): boolean => resolution(values, "warn", "qa").ok;

describe("the keys of a new stack", () => {
  it("of dev are those of a machine's own copy", () => {
    const values = newStackValues("dev", {});
    expect(values).toEqual({
      system: "audifi",
      domain: "audifi.localhost",
      proxy: { httpPort: 8080, httpsPort: 8443, certificates: "internal" },
    });
    expect(valid(values)).toBe(true);
  });

  it.each(Object.keys(systems))("of the system %s need nothing but its name", (system) => {
    const values = newStackValues("qa", { system });
    expect(values).toMatchObject({ system, domain: `${system}.localhost` });
    expect(valid(values)).toBe(true);
  });

  it("on this machine say certificates of its own and ports that need no rights", () => {
    const values = newStackValues("qa", { domain: "qa.localhost" });
    expect(values).toEqual({
      system: "audifi",
      domain: "qa.localhost",
      proxy: { certificates: "internal", httpPort: 8080, httpsPort: 8443 },
    });
    expect(valid(values)).toBe(true);
  });

  it("on a host say public certificates", () => {
    const values = newStackValues("qa", {
      system: "example",
      domain: "example.com",
      host: "203.0.113.5",
      user: "ops",
      email: "ops@example.com",
    });
    expect(values).toEqual({
      system: "example",
      domain: "example.com",
      host: { address: "203.0.113.5", user: "ops" },
      proxy: { certificates: "acme", email: "ops@example.com" },
    });
    expect(valid(values)).toBe(true);
  });

  it.each([{}, { host: "203.0.113.5" }, { system: "audifi", host: "203.0.113.5" }])(
    "are refused with an example where it is not said what it is to be: %j",
    (options) => {
      expect(() => newStackValues("qa", options)).toThrow(
        new InputError([
          {
            code: "no-stack-file",
            file: "Pulumi.qa.yaml",
            path: "",
            message:
              "there is no such file; say what to write into it: ./backline init qa --domain example.com --host 203.0.113.5 --email ops@example.com, or --system audifi alone for a copy on this machine",
          },
        ]),
      );
    },
  );
});

describe("the comments of a new stack", () => {
  it("say what the system is and what is still to be said", () => {
    const shop = {
      ...systems.example,
      secrets: { paymentKey: { description: "key of the payment provider, from its dashboard" } },
    };
    const services = Object.entries(shop.services ?? {}).map(([name, service]) => [
      name,
      name === "hello" ? { ...service, secrets: { PAYMENT_KEY_FILE: "paymentKey" } } : service,
    ]);
    const settings = settingsOfSystem(
      { ...shop, services: Object.fromEntries(services) },
      { ...newStackValues("qa", { system: "example", domain: "example.com", host: "203.0.113.5" }) },
      "qa",
    );
    expect(newStackHeading(settings)).toBe(
      [
        "# The system example on the host 203.0.113.5. `./backline init qa` has made this file; change what you like.",
        "# What the system is stands in stacks/systems/example.ts; what can be written here, in docs/configuration.md.",
        "#",
        "# Sites (sites):",
        "#   hello: https://hello.example.com",
        "# Services (services):",
        "#   hello: 2 of 64Mi and 0.1 CPU, from caddy:2.11.7-alpine",
        "#   counter: 1 of 32Mi and 0.1 CPU, from redis:7.2.16-bookworm",
        "# Stores: Redis 128Mi (redis)",
        "# Together they fit 4Gi and 2 cores (host.memory, host.cpus).",
        "#",
        "# Before the first deploy:",
        "#   secrets.paymentKey: is missing: key of the payment provider, from its dashboard; run: pulumi config set --secret --path 'backline:secrets.paymentKey'",
        "#   host.hostKey: is not set; run: ./backline host trust qa",
        "#   host.publicKeys: there is none, and ops could not sign in; add the line of your .pub file",
        "",
      ].join("\n"),
    );
  });
});

describe("the file of a new stack", () => {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "backline-new-stack-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const path = () => join(root, "Pulumi.try.yaml");

  it("is what check takes, and lacks the secrets that the system has and no others", () => {
    expect(ensureStackFile(root, "try", { system: "example" })).toBe(true);
    const text = readFileSync(path(), "utf8");
    expect(text).toContain("config:\n  backline:system: example\n  backline:domain: example.localhost\n");
    expect(missingSecrets(root, "try")).toEqual(["nameKey", "redisPassword", "grafanaPassword"]);
  });

  it("of an unknown system is not written, and the systems are named", () => {
    expect(() => ensureStackFile(root, "try", { system: "exmaple" })).toThrow(
      'Pulumi.try.yaml: system: there is no system "exmaple"; did you mean "example"? known are audifi, example',
    );
    expect(existsSync(path())).toBe(false);
  });

  it("that is there stays as it is", () => {
    writeFileSync(path(), "# Mine.\nconfig:\n  backline:domain: example.com\n");
    expect(ensureStackFile(root, "try", { system: "example" })).toBe(false);
    expect(readFileSync(path(), "utf8")).toBe("# Mine.\nconfig:\n  backline:domain: example.com\n");
  });
});
