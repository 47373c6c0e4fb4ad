import { beforeAll, describe, expect, it } from "vitest";
import { releaseId } from "../../../components/release";
import { Platform } from "../../../stacks/platform";
import { isSecret, type Registered, registeredBy } from "../../support/mocks";
import { releaseOf, settingsOf, testSecrets } from "../../support/plans";

const dev = `
config:
  backline:domain: audifi.localhost
  backline:proxy: { httpPort: 8080, httpsPort: 8443, certificates: internal }
  backline:images: { source: local, unavailable: [grafana] }
`;
const staging = `
config:
  backline:domain: audifi.io
  backline:host:
    address: 203.0.113.10
    user: ops
    hostKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDZ5MHV3pgdOAs8A81bFu4m5pFX0BzbGJz5QqI2DKvyT
    publicKeys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB4Qu6jsnXpJbK6LbTDXdQMnQsDVM38POQ7Q1mfnn408 ops@example.com]
`;

const resources = (text: string, stack: string): Promise<Registered[]> =>
  registeredBy(stack, () => {
    const settings = settingsOf(text, stack);
    return new Platform(settings, releaseOf(settings), "/project", []).results;
  });

const ofType = (all: readonly Registered[], type: string) => all.filter((resource) => resource.type === type);
const containerType = "docker:index/container:Container";
const logicalNames = (all: readonly Registered[]) => all.map(({ name }) => name).sort();

describe("the platform of dev", () => {
  let all: Registered[] = [];
  beforeAll(async () => {
    all = await resources(dev, "dev");
  });

  it("registers exactly these containers", () => {
    expect(logicalNames(ofType(all, containerType))).toEqual([
      "alertmanager",
      "api-0",
      "api-1",
      "node-exporter",
      "postgres",
      "postgres-exporter",
      "prometheus",
      "proxy",
      "redis",
      "redis-exporter",
      "web-0",
      "web-1",
      "worker-0",
      "ws-0",
      "ws-1",
    ]);
  });

  it("registers exactly these networks, volumes and images", () => {
    expect(logicalNames(ofType(all, "docker:index/network:Network"))).toEqual([
      "network-data",
      "network-edge",
      "network-monitoring",
    ]);
    expect(logicalNames(ofType(all, "docker:index/volume:Volume"))).toEqual([
      "alertmanager-data",
      "postgres-data",
      "prometheus-data",
      "proxy-data",
      "redis-data",
      "release-data",
    ]);
    expect(logicalNames(ofType(all, "docker:index/remoteImage:RemoteImage"))).toEqual([
      "image-alertmanager",
      "image-api",
      "image-caddy",
      "image-migrations",
      "image-node",
      "image-nodeExporter",
      "image-postgres",
      "image-postgresExporter",
      "image-prometheus",
      "image-redis",
      "image-redisExporter",
      "image-web",
      "image-worker",
      "image-ws",
    ]);
  });

  it("runs a gate for every container", () => {
    const gates = logicalNames(ofType(all, "command:local:Command")).filter((name) => name.endsWith("-gate"));
    expect(gates).toEqual(
      logicalNames(ofType(all, containerType))
        .map((name) => `${name}-gate`)
        .sort(),
    );
  });

  it("publishes the proxy's ports and no other", () => {
    const published = ofType(all, containerType).filter(({ inputs }) => inputs.ports !== undefined);
    expect(published.map(({ name, inputs }) => [name, inputs.ports])).toEqual([
      [
        "proxy",
        [
          { internal: 8080, external: 8080, protocol: "tcp" },
          { internal: 8443, external: 8443, protocol: "tcp" },
          { internal: 8443, external: 8443, protocol: "udp" },
        ],
      ],
    ]);
  });

  it("gives every container limits, a health check, a restart policy, log rotation and no privileges", () => {
    for (const { name, inputs } of ofType(all, containerType)) {
      expect(inputs, name).toMatchObject({
        restart: "unless-stopped",
        readOnly: true,
        securityOpts: ["no-new-privileges:true"],
        capabilities: { drops: ["ALL"], adds: /^(proxy|web-\d)$/.test(name) ? ["CAP_NET_BIND_SERVICE"] : [] },
        logDriver: "json-file",
        logOpts: { "max-size": "10m", "max-file": "5" },
        user: expect.stringMatching(/^[1-9]\d*:\d+$/),
        memory: expect.any(Number),
        cpus: expect.stringMatching(/^\d+\.\d+$/),
        healthcheck: { tests: expect.arrayContaining(["CMD"]) },
        destroyGraceSeconds: expect.any(Number),
      });
      expect(inputs.memorySwap, name).toBe(inputs.memory);
    }
  });

  it("tells the proxy the replicas' names in files, and its configuration names none of them", () => {
    const names = ofType(all, containerType)
      .filter(({ name }) => /^(api|ws|web|worker)-\d$/.test(name))
      .map(({ inputs }) => String(inputs.name));
    expect(names).toHaveLength(7);
    const command = (wanted: string) => JSON.stringify(all.find(({ name }) => name === wanted)?.inputs);
    for (const name of names) {
      expect(command("proxy-upstreams")).toContain(name);
      expect(command("proxy-config")).not.toContain(name);
    }
  });

  it("hands secrets over on standard input, as secrets, and nowhere else", () => {
    const values = Object.values(testSecrets);
    const encoded = values.map((value) => Buffer.from(value).toString("base64"));
    for (const { name, inputs } of all)
      for (const [key, value] of Object.entries(inputs)) {
        const text = JSON.stringify(value);
        const leaks = [...values, ...encoded].filter((secret) => text.includes(secret));
        if (leaks.length > 0) expect([name, key, isSecret(value)]).toEqual([name, "stdin", true]);
      }
    const withSecrets = all
      .filter(({ inputs }) => isSecret(inputs.stdin))
      .map(({ name }) => name)
      .sort();
    expect(withSecrets).toEqual([
      "alertmanager-config",
      "api-files",
      "migrations-files",
      "postgres-config",
      "postgres-exporter-files",
      "postgres-roles",
      "prometheus-config",
      "proxy-config",
      "redis-config",
      "redis-exporter-files",
      "redis-files",
      "worker-files",
      "ws-files",
    ]);
  });

  it("says of every container of a bundled service which version it is, and of no other", () => {
    const versions = ofType(all, containerType).map(({ name, inputs }): [string, unknown] => [
      name,
      JSON.parse(JSON.stringify(inputs.labels)).find(
        ({ label }: { label: string }) => label === "backline.version",
      )?.value,
    ]);
    const bundled = /^(api|ws|worker|web)-\d$/;
    expect(versions).toEqual(
      versions.map(([name]) => [name, bundled.test(name) ? "0123456789ab" : undefined]),
    );
    expect(versions.filter(([name]) => bundled.test(name))).toHaveLength(7);
  });

  it("writes the release down when every replica is ready and the proxy has its configuration", () => {
    const order = all.map(({ name }) => name);
    const record = order.indexOf("release-record");
    const before = order.filter((name) => /^(api|ws|worker|web|proxy)(-\d)?-(gate|config)$/.test(name));
    expect(before).toHaveLength(9);
    for (const name of before) expect(order.indexOf(name), name).toBeLessThan(record);
    const script = String(all.find(({ name }) => name === "release-record")?.inputs.stdin);
    expect(script).toContain('{"id":"');
    expect(script).toContain(`"migration":"0007_audit_and_statistics","contracts":[]' 'deploy'`);
  });

  it("runs nothing over SSH", () => {
    expect(all.filter(({ inputs }) => JSON.stringify(inputs).includes("ssh -o"))).toEqual([]);
  });
});

describe("a platform that is held at a release", () => {
  const images = Object.fromEntries(
    ["api", "ws", "worker", "web", "migrations"].map((name) => [name, `backline/dev-${name}:ba9876543210`]),
  );
  const held = `${dev}  backline:release: ${JSON.stringify({ id: releaseId(images), migration: "0006_x", images })}\n`;

  it("takes its images as they are, whatever the sources are, and says that it goes back", async () => {
    const all = await resources(held, "dev");
    for (const [name, reference] of Object.entries(images))
      expect(all.find((one) => one.name === `image-${name}`)?.inputs).toEqual({
        name: reference,
        keepLocally: true,
      });
    expect(all.filter(({ inputs }) => inputs.build !== undefined)).toEqual([]);
    const script = String(all.find(({ name }) => name === "release-record")?.inputs.stdin);
    expect(script).toContain(
      `'{"id":"${releaseId(images)}","images":{"api":"backline/dev-api:ba9876543210",`,
    );
    expect(script).toContain(`"migration":"0006_x","contracts":[]' 'rollback'`);
  });

  it("answers what the host remembers, newest last", async () => {
    const settings = settingsOf(dev);
    const recorded = (id: string) =>
      JSON.stringify({
        id,
        images,
        migration: "0006_x",
        contracts: [],
        when: "2030-01-01T00:00:00Z",
        who: "a@b",
      });
    let seen: unknown;
    await registeredBy(
      "dev",
      () => {
        const { results } = new Platform(settings, releaseOf(settings), "/project", []);
        expect(results.release).toMatch(/^[0-9a-f]{8}$/);
        results.releases.apply((records) => {
          seen = records.map(({ id }) => id);
        });
      },
      { "release-record": `${recorded("11111111")}\n${recorded("22222222")}` },
    );
    expect(seen).toEqual(["11111111", "22222222"]);
  });
});

describe("the platform of a host of its own", () => {
  it("runs its scripts and its containers over SSH", async () => {
    const all = await resources(staging, "staging");
    const [provider] = ofType(all, "pulumi:providers:docker");
    expect(provider?.inputs).toMatchObject({ host: "ssh://ops@203.0.113.10:22" });
    const shared = /ControlPath=~\/\.ssh\/backline-[0-9a-f]{16}/;
    expect(JSON.stringify(provider?.inputs)).toMatch(shared);
    const commands = ofType(all, "command:local:Command");
    expect(commands.length).toBeGreaterThan(20);
    for (const { name, inputs } of commands) {
      const script = JSON.stringify([inputs.create, inputs.stdin, inputs.delete]);
      expect(script, name).toMatch(shared);
      expect(script, name).toContain("-l ops 203.0.113.10");
    }
  });

  it("prepares the host before anything else, one group after the other", async () => {
    const all = await resources(staging, "staging");
    const groups = all.filter(({ name }) => /^host-/.test(name)).map(({ name }) => name);
    expect(groups).toEqual(["host-system", "host-docker", "host-access"]);
    expect(logicalNames(all)).toEqual(expect.arrayContaining(["host"]));
  });

  it("differs from dev in its containers by names, ports and images only", async () => {
    const api = (all: readonly Registered[]) =>
      ofType(all, containerType).find(({ name }) => name === "api-0")?.inputs;
    // One after the other: Pulumi's mocks are global.
    const here = api(await resources(dev, "dev"));
    const there = api(await resources(staging, "staging"));
    expect(here).toBeDefined();
    expect(Object.keys(here ?? {}).sort()).toEqual(Object.keys(there ?? {}).sort());
    expect([here?.memory, here?.cpus, here?.capabilities]).toEqual([
      there?.memory,
      there?.cpus,
      there?.capabilities,
    ]);
  });
});
