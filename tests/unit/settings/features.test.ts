import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatProblem } from "../../../components/shared/errors";
import { loadFromFile, resolve } from "../../../stacks/settings";
import { errors, local, resolution, secrets } from "../../support/resolution";

const key = "K3Y-0f-somebody";
const table = { ethereum: [`https://rpc.example.com/${key}`, "https://rpc.example.org"] };
const storage = {
  endpoint: "https://s3.example.com",
  bucket: "audifi-files",
  accessKeyId: "AKIAEXAMPLE",
  secretAccessKey: key,
};
const smtp = { host: "smtp.example.com", from: "AudiFi <no-reply@audifi.io>" };

function settings(values: Record<string, unknown> = {}) {
  const result = resolution({ ...local, secrets, ...values });
  if (!result.ok) throw new Error(result.errors.map(formatProblem).join("\n"));
  return result.settings;
}

/** What is said of a stack's file. */
function checked(text: string): string[] {
  const directory = mkdtempSync(join(tmpdir(), "backline-features-"));
  try {
    writeFileSync(join(directory, "Pulumi.dev.yaml"), text);
    const raw = loadFromFile(directory, "dev");
    const result = resolve({ ...raw, values: { ...local, secrets, ...raw.values } }, { missing: "error" });
    return result.ok ? [] : result.errors.map(formatProblem);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe("features", () => {
  it("are off by default, also with the empty values of Pulumi.yaml", () => {
    const off = {
      rateLimits: { user: 30_000, address: 60_000 },
      stripe: undefined,
      storage: undefined,
      chains: undefined,
      smtp: undefined,
    };
    expect(settings().features).toEqual(off);
    const empty = { rateLimits: {}, allowedOrigins: [], stripe: {}, storage: {}, chains: "", smtp: {} };
    expect(settings(empty).features).toEqual(off);
    expect(settings(empty).allowedOrigins).toEqual(settings().allowedOrigins);
  });

  it("allow the stack's own sites, with their port, or the origins that are named", () => {
    expect(settings().allowedOrigins).toContain("https://studio.audifi.localhost:8443");
    expect(settings({ allowedOrigins: ["https://app.example.com"] }).allowedOrigins).toEqual([
      "https://app.example.com",
    ]);
  });

  it("are complete, with secrets that do not print", () => {
    const { features } = settings({
      rateLimits: { user: 0 },
      stripe: { webhookSecret: key },
      storage,
      chains: table,
      smtp: { ...smtp, user: "audifi", password: `${key} with blanks` },
    });
    expect(features.rateLimits).toEqual({ user: 0, address: 60_000 });
    expect(features.storage).toMatchObject({ region: "auto", bucket: "audifi-files" });
    expect(features.smtp).toMatchObject({ ...smtp, port: 587, user: "audifi" });
    expect(JSON.parse(features.chains?.reveal() ?? "")).toEqual(table);
    expect(features.storage?.secretAccessKey.reveal()).toBe(key);
    expect(JSON.stringify(features)).not.toContain(key);
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    [
      "half a store",
      { storage: { endpoint: storage.endpoint, bucket: storage.bucket, accessKeyId: "A" } },
      [
        "storage.secretAccessKey: is missing, and storage needs endpoint, bucket, accessKeyId, secretAccessKey; run: pulumi config set --secret --path 'backline:storage.secretAccessKey', or remove storage",
      ],
    ],
    [
      "mail without a sender",
      { smtp: { host: smtp.host } },
      ["smtp.from: is missing, and smtp needs host, from; add it, or remove smtp"],
    ],
    [
      "a user of the mail server without a password",
      { smtp: { ...smtp, user: "audifi" } },
      [
        "smtp.password: is missing, and smtp needs host, from, user, password; run: pulumi config set --secret --path 'backline:smtp.password', or remove user and password",
      ],
    ],
    [
      "a placeholder in the place of a secret",
      { stripe: { webhookSecret: "changeme" } },
      [
        "stripe.webhookSecret: is a placeholder; run: pulumi config set --secret --path 'backline:stripe.webhookSecret'",
      ],
    ],
    [
      "a secret in the place of its group, without showing it",
      { stripe: key },
      ["stripe: its value is not a group of keys; write its keys below it, indented"],
    ],
    [
      "a rate that is no number of requests",
      { rateLimits: { user: -1 } },
      ["rateLimits.user: -1 is out of range; write a whole number from 0 to 10000000"],
    ],
    [
      "an origin with a path",
      { allowedOrigins: ["https://app.example.com/"] },
      [
        'allowedOrigins.0: "https://app.example.com/" is more than an origin; write scheme, name and port alone: "https://app.example.com"',
      ],
    ],
    [
      "a store's address with a password in it, without showing it",
      { storage: { ...storage, endpoint: `https://a:${key}@s3.example.com` } },
      [
        'storage.endpoint: has a user, a query or a fragment; write the address alone: "https://s3.example.com"',
      ],
    ],
    [
      "a provider that is no URL, without showing any",
      { chains: { ethereum: [`https://rpc.example.com/${key}`, key] } },
      [
        'chains: ethereum: its second URL is no http or https URL; write {"ethereum": ["https://...", "https://..."]}',
      ],
    ],
    [
      "providers that are no JSON, without showing them",
      { chains: `https://rpc.example.com/${key}` },
      ['chains: is not valid JSON; write {"ethereum": ["https://...", "https://..."]}'],
    ],
    [
      "an unknown key",
      { smtp: { ...smtp, pasword: "x" } },
      ['smtp.pasword: unknown key; did you mean "password"?'],
    ],
  ])("refuse %s", (_name, values, lines) => {
    expect(errors(values)).toEqual(lines.map((line) => `Pulumi.dev.yaml: ${line}`));
  });

  it("refuse secrets that stand in the file as plain text, and take encrypted ones", () => {
    const file = (secret: string, chains: string) =>
      `config:\n  backline:stripe: { webhookSecret: ${secret} }\n  backline:smtp: { host: a.example.com, from: a@b.io, user: u, password: ${secret} }\n  backline:chains: ${chains}\n`;
    expect(checked(file('{ secure: "v1:x" }', '{ secure: "v1:x" }'))).toEqual([]);
    const says = (path: string) =>
      `Pulumi.dev.yaml: ${path}: stands there as plain text; remove it and run: pulumi config set --secret --path 'backline:${path}'`;
    expect(checked(file(key, `{ ethereum: [https://rpc.example.com/${key}] }`))).toEqual(
      ["stripe.webhookSecret", "chains", "smtp.password"].map(says),
    );
  });
});
