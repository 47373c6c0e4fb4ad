import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { choosePorts } from "../../../../scripts/operations/ephemeral/ports";
import {
  derive,
  merged,
  readGiven,
  readModel,
  type Wanted,
} from "../../../../scripts/operations/ephemeral/settings";

const project = resolve(import.meta.dirname, "..", "..", "..", "..");

const full = {
  system: "audifi",
  domain: "example.com",
  sites: { api: "staging-api.example.com" },
  host: { address: "203.0.113.10", user: "ops", memory: "16Gi", hostKey: "ssh-ed25519 AAAA" },
  images: { registry: "mirror.example.com", bundled: "registry", repository: "registry.example.com/team" },
  release: { id: "abc" },
  proxy: {
    certificates: "acme",
    email: "ops@example.com",
    redirects: [{ from: "www.example.com", to: "example.com" }],
    trustedProxies: ["cloudflare"],
    maxHeaderSize: "32Ki",
    memory: "128Mi",
  },
  services: { api: { replicas: 3, memory: "512Mi" } },
  postgres: { memory: "1Gi" },
  monitoring: { retention: "3d", alertWebhook: "https://alerts.example.com" },
  allowedOrigins: ["https://app.example.com"],
  rateLimits: { user: 100 },
  smtp: { host: "mail.example.com", from: "a@example.com", password: "[encrypted]" },
  stripe: { webhookSecret: "[encrypted]" },
  secrets: { jwtSecret: "[encrypted]" },
  cloudflare: { zone: "owner" },
};

const wanted = (more: Partial<Wanted> = {}): Wanted => ({
  name: "demo",
  model: full,
  given: {},
  ports: { http: 10_080, https: 10_443 },
  machine: { memory: 16_384, cpus: 4 },
  ...more,
});

describe("the settings of an ephemeral stack", () => {
  it("are staging's without what belongs to staging alone", () => {
    expect(derive(wanted()).values).toEqual({
      system: "audifi",
      images: { registry: "mirror.example.com" },
      proxy: {
        maxHeaderSize: "32Ki",
        memory: "128Mi",
        httpPort: 10_080,
        httpsPort: 10_443,
        certificates: "internal",
      },
      services: { api: { replicas: 3, memory: "512Mi" } },
      postgres: { memory: "1Gi" },
      monitoring: { retention: "3d" },
      rateLimits: { user: 100 },
      domain: "demo.audifi.localhost",
      host: { memory: "16384Mi", cpus: 4 },
    });
  });

  it("can be made of the project's own staging", () => {
    const { settings, reduced } = derive(wanted({ model: readModel(project) }));
    expect(reduced).toBe(false);
    expect(settings.host.address).toBeUndefined();
    expect(settings.sites.map(({ hostname }) => hostname)).toEqual([
      "api.demo.audifi.localhost",
      "demo.audifi.localhost",
      "app.demo.audifi.localhost",
      "studio.demo.audifi.localhost",
    ]);
  });

  it("have one replica of each service where staging does not fit on the machine", () => {
    const small = wanted({ model: {}, machine: { memory: 14_336, cpus: 2 } });
    const { settings, reduced } = derive(small);
    expect(reduced).toBe(true);
    expect(settings.services.map(({ name, replicas }) => [name, replicas])).toEqual([
      ["api", 1],
      ["ws", 1],
      ["worker", 1],
      ["web", 1],
    ]);
  });

  it("are refused where that does not fit either, with the way out", () => {
    expect(() => derive(wanted({ model: {}, machine: { memory: 4_096, cpus: 2 } }))).toThrow(
      /^Pulumi\.staging\.yaml, for eph-demo: host\.memory: the limits add up to .* but the host has 4Gi; lower a limit or raise host\.memory; an ephemeral stack gets smaller limits from a file: --settings small\.yaml$/,
    );
  });

  it("name every mistake, and both files that it can stand in", () => {
    const model = { services: { api: { memory: "2" } }, postgres: { memroy: "1Gi" } };
    expect(() => derive(wanted({ model, file: "/elsewhere/host.yaml" }))).toThrow(
      /^Pulumi\.staging\.yaml with host\.yaml, for eph-demo: services\.api\.memory: .*\n.*postgres\.memroy/,
    );
  });

  it("put the stack on a host, on the ports of a web server unless others are given", () => {
    const host = { address: "203.0.113.99" };
    const { values } = derive(wanted({ given: { host }, ports: { http: 80, https: 443 } }));
    expect(values.host).toEqual(host);
    expect(values.proxy).toMatchObject({ httpPort: 80, httpsPort: 443, certificates: "internal" });
  });

  it("are merged key by key, lists as a whole", () => {
    expect(merged({ a: { b: 1, c: [1] }, d: 1 }, { a: { c: [2] }, e: 2 })).toEqual({
      a: { b: 1, c: [2] },
      d: 1,
      e: 2,
    });
  });
});

describe("a file of --settings", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "backline-given-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const written = (text: string): string => {
    const path = join(folder, "given.yaml");
    writeFileSync(path, text);
    return path;
  };

  it("has the form of a stack's file", () => {
    const path = written("config:\n  backline:domain: example.org\n  backline:postgres: {memory: 1Gi}\n");
    expect(readGiven(path)).toEqual({ domain: "example.org", postgres: { memory: "1Gi" } });
    expect(readGiven(undefined)).toEqual({});
  });

  it("gives nothing that reaches beyond the containers", () => {
    const path = written("config:\n  backline:smtp: {host: a.example.com}\n  backline:cloudflare: {}\n");
    expect(() => readGiven(path)).toThrow(
      /^given\.yaml: smtp: cannot be given to an ephemeral stack, .*\ngiven\.yaml: cloudflare: cannot be given/,
    );
  });

  it("that names a host tells how to know it and who may sign in", () => {
    const path = written("config:\n  backline:host: {address: 203.0.113.99}\n");
    expect(() => readGiven(path)).toThrow(
      /^given\.yaml: host\.hostKey: is not set; write the key of the host, which `ssh-keyscan -t ed25519 203\.0\.113\.99` prints, .*\ngiven\.yaml: host\.publicKeys: is not set; /,
    );
  });

  it("has to be there and to be YAML", () => {
    const path = join(folder, "none.yaml");
    expect(() => readGiven(path)).toThrow(
      `--settings: there is no file "${path}"; write the path of one, as a Pulumi.<stack>.yaml is written`,
    );
    expect(() => readGiven(written("a: ["))).toThrow("given.yaml: is not valid YAML");
  });
});

describe("ports", () => {
  it("are the first pair that nobody has, whether it is listened on or not", async () => {
    const taken = [{ http: 10_080, https: 10_443 }];
    const isFree = async (port: number) => port !== 10_444;
    expect(await choosePorts(taken, isFree)).toEqual({ http: 10_082, https: 10_445 });
    expect(await choosePorts([], async () => false)).toBeUndefined();
  });
});
