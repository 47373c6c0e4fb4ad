import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  backline,
  containersOf,
  docker,
  edit,
  filesBelow,
  forget,
  inShellOf,
  remains,
  setStateAside,
  stackFile,
} from "../support/backline";
import { Client, eventually } from "../support/client";
import { describeContract } from "../support/contract";
import { insideOfStack } from "../support/contract/inside-docker";
import { describeFrontEnd } from "../support/front-end-use";
import { newGivenSecrets, offerEverything, removeChainProvider, startChainProvider } from "../support/offers";
import { clientOf, describeUse, type Used } from "../support/platform-use";
import { processArgumentsDuring, secretsIn, secretsOf } from "../support/secrets";

/** A stack like dev, on ports of its own, so that a developer's own stack is left alone. */
const stack = "e2e";
const api = "https://api.audifi.localhost:18443";
const app = "https://app.audifi.localhost:18443";
const sockets = "wss://api.audifi.localhost:18443/ws";

const services = [
  "alertmanager",
  "api",
  "api",
  "node-exporter",
  "postgres",
  "postgres-exporter",
  "prometheus",
  "proxy",
  "redis",
  "redis-exporter",
  "web",
  "web",
  "worker",
  "ws",
  "ws",
];

interface Outputs {
  readonly caCertificate: string;
  readonly urls: Record<string, string>;
  readonly containers: {
    readonly name: string;
    readonly service: string;
    readonly memory: string;
    readonly cpu: number;
  }[];
}

async function outputs(): Promise<Outputs> {
  const { stdout } = await backline("outputs", stack, "--json");
  return JSON.parse(stdout);
}

async function clean(): Promise<void> {
  await removeChainProvider(stack);
  await backline("destroy", stack, "--yes", "--delete-data");
  forget(stack);
}

describe("a stack on this machine", () => {
  const used: Used = { stack, api, sockets, plain: "http://api.audifi.localhost:18080" };
  const given = newGivenSecrets();
  let seenArguments = "";

  beforeAll(async () => {
    await clean();
    writeFileSync(
      stackFile(stack),
      "config:\n  backline:domain: audifi.localhost\n  backline:proxy:\n    httpPort: 18080\n    httpsPort: 18443\n    certificates: internal\n",
    );
    const init = await backline("init", stack);
    expect(init).toMatchObject({ exitCode: 0 });
    await offerEverything(stack, given);
    const { result, seen } = await processArgumentsDuring(() => backline("up", stack, "--yes"));
    expect(result, `${result.stdout}\n${result.stderr}`).toMatchObject({ exitCode: 0 });
    expect(result.stdout).toContain(api);
    seenArguments = seen;
    used.client = new Client((await outputs()).caCertificate);
  });
  afterAll(clean);

  it("runs exactly the containers of the system", async () => {
    const { containers } = await outputs();
    expect(containers.map(({ service }) => service).sort()).toEqual(services);
    expect((await containersOf(stack)).map(({ name }) => name)).toEqual(
      containers.map(({ name }) => name).sort(),
    );
  });

  it("gives every container its limits, its hardening and a health check that is passed", async () => {
    const limits = new Map(
      (await outputs()).containers.map(({ name, memory, cpu }) => [name, { memory, cpu }]),
    );
    for (const { id, name } of await containersOf(stack)) {
      const healthy = async () =>
        (await docker("inspect", "--format", "{{.State.Health.Status}}", id)) === "healthy"
          ? true
          : undefined;
      await eventually(`${name} to be healthy`, healthy, 60);
      const [container] = JSON.parse(await docker("inspect", id));
      const { HostConfig, Config } = container;
      const expected = limits.get(name);
      const unit = expected?.memory.endsWith("Gi") ? 1024 ** 3 : 1024 ** 2;
      expect(HostConfig, name).toMatchObject({
        Memory: Number.parseInt(expected?.memory ?? "", 10) * unit,
        NanoCpus: (expected?.cpu ?? 0) * 1e9,
        RestartPolicy: { Name: "unless-stopped" },
        LogConfig: { Type: "json-file", Config: { "max-size": "10m", "max-file": "5" } },
        SecurityOpt: ["no-new-privileges:true"],
        CapDrop: ["ALL"],
        ReadonlyRootfs: true,
        Privileged: false,
      });
      expect(HostConfig.CapAdd ?? [], name).toEqual(
        /-(proxy|web)-/.test(name) ? ["CAP_NET_BIND_SERVICE"] : [],
      );
      expect(Config.User, name).toMatch(/^[1-9]/);
      const published = Object.values<unknown[] | null>(container.NetworkSettings.Ports).flatMap(
        (bindings) => bindings ?? [],
      );
      expect(published.length > 0, name).toBe(name.includes("-proxy-"));
    }
  });

  describeUse(used);
  describe("with a provider of chains", () => {
    beforeAll(() => startChainProvider(stack));
    afterAll(() => removeChainProvider(stack));
    describeContract({
      api,
      sockets,
      client: () => clientOf(used),
      inside: () => insideOfStack(stack, docker),
      offers: () => ({ stripeSecret: given.stripe, files: true, chains: ["ethereum"], origin: app }),
    });
  });

  describeFrontEnd({
    app,
    api,
    caPath: async () => (await outputs()).caCertificate,
    killSocketServer: async () => {
      const [victim] = (await containersOf(stack)).filter(({ name }) => name.includes("-ws-"));
      await docker("kill", victim?.id ?? "");
      // Docker does not start again what somebody has killed.
      return async () => void (await docker("start", victim?.id ?? ""));
    },
  });

  it("is not changed by a second up", async () => {
    const before = await containersOf(stack);
    const { exitCode, stderr, stdout } = await backline("up", stack, "--yes");
    expect(exitCode, stderr).toBe(0);
    expect(`${stdout}${stderr}`).toMatch(/\d+ unchanged/);
    expect(`${stdout}${stderr}`).not.toMatch(/\d+ (created|updated|replaced|deleted)/);
    expect(await containersOf(stack)).toEqual(before);
  });

  it("previews, after a changed limit, the replicas of that service and what derives from their names", async () => {
    const undo = edit(stack, "config:\n", "config:\n  backline:services:\n    ws:\n      memory: 768Mi\n");
    try {
      const { exitCode, stdout, stderr } = await backline("preview", stack, "--json");
      expect(exitCode, stderr).toBe(0);
      const { resources }: { resources: { operation: string; name: string }[] } = JSON.parse(stdout);
      const changed = resources.filter(({ operation }) => operation !== "same").map(({ name }) => name);
      expect([...new Set(changed)].sort()).toEqual([
        "prometheus-config",
        "proxy-upstreams",
        "ws-0",
        "ws-0-gate",
        "ws-0-name",
        "ws-1",
        "ws-1-gate",
        "ws-1-name",
      ]);
    } finally {
      undo();
    }
  });

  it("sees by refresh that a container was removed behind its back, and up restores it", async () => {
    const worker = (await containersOf(stack)).find(({ name }) => name.includes("-worker-"));
    expect(await backline("drift", stack)).toMatchObject({
      exitCode: 0,
      stdout: `Nothing differs from what was deployed to ${stack}.`,
    });
    await docker("rm", "--force", worker?.id ?? "");
    const drift = await backline("drift", stack, "--format", "markdown");
    expect(drift, drift.stderr).toMatchObject({ exitCode: 1 });
    expect(drift.stdout).toContain("`worker-0` (`docker:Container`) is gone");
    const refresh = await backline("refresh", stack, "--yes");
    expect(refresh, refresh.stderr).toMatchObject({ exitCode: 0 });
    expect(`${refresh.stdout}${refresh.stderr}`).toMatch(/1 deleted/);
    expect(await backline("up", stack, "--yes")).toMatchObject({ exitCode: 0 });
    expect((await containersOf(stack)).map(({ name }) => name)).toContain(worker?.name);
  });

  it("serves on when a release cannot start, fails again unchanged, and goes back to what ran before", async () => {
    const before = (await containersOf(stack)).map(({ name }) => name);
    const undo = edit(stack, "config:\n", "config:\n  backline:services:\n    api:\n      memory: 24Mi\n");
    try {
      for (const _attempt of ["first", "unchanged"]) {
        const failed = await backline("up", stack, "--yes");
        expect(failed).toMatchObject({ exitCode: 1 });
        expect(failed.stderr).toMatch(/e2e-api-\d-[0-9a-f]+ keeps starting over/);
        expect(await clientOf(used).request(`${api}/ready`)).toMatchObject({ status: 200 });
      }
    } finally {
      undo();
    }
    const back = await backline("up", stack, "--yes");
    expect(back, back.stderr).toMatchObject({ exitCode: 0 });
    expect((await containersOf(stack)).map(({ name }) => name)).toEqual(before);
    expect(await clientOf(used).request(`${api}/ready`)).toMatchObject({ status: 200 });
  });

  it("is the same for plain pulumi", async () => {
    const preview = await inShellOf(stack, "pulumi preview --expect-no-changes");
    expect(preview, preview.stdout + preview.stderr).toMatchObject({ exitCode: 0 });
    const up = await inShellOf(stack, "pulumi up --yes --skip-preview --expect-no-changes");
    expect(up, up.stdout + up.stderr).toMatchObject({ exitCode: 0 });
  });

  it("is not deployed over by another checkout whose stack has the same name", async () => {
    const before = await containersOf(stack);
    const back = setStateAside(stack);
    try {
      expect(await backline("init", stack)).toMatchObject({ exitCode: 0 });
      const { exitCode, stderr } = await backline("up", stack, "--yes");
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining("it was deployed from another one")]);
    } finally {
      back();
    }
    expect(await containersOf(stack)).toEqual(before);
  });

  it("keeps its secrets to the files of those who need them", async () => {
    const generated = await secretsOf(stack);
    expect(Object.keys(generated)).toHaveLength(7);
    const secrets = { ...generated, ...given };
    const inspected = await Promise.all((await containersOf(stack)).map(({ id }) => docker("inspect", id)));
    const logs = await Promise.all((await containersOf(stack)).map(({ id }) => docker("logs", id)));
    expect(secretsIn(seenArguments, secrets)).toEqual([]);
    expect(secretsIn(inspected.join("\n"), secrets)).toEqual([]);
    expect(secretsIn(logs.join("\n"), secrets)).toEqual([]);
    for (const { path, text } of [...filesBelow(".backline/state"), ...filesBelow(".backline/build")])
      expect([path, secretsIn(text, secrets)]).toEqual([path, []]);
    expect(filesBelow(".backline/state").some(({ path }) => path.includes(stack))).toBe(true);
    // The search finds what is there: the API's own file holds its key.
    const replica = (await containersOf(stack)).find(({ name }) => name.includes("-api-0-"));
    const own = await docker("exec", replica?.id ?? "", "sh", "-c", "cat /run/backline/*");
    expect(secretsIn(own, secrets).sort()).toEqual(
      ["chain", "jwtSecret", "postgresPassword", "redisPassword", "storage", "stripe"].sort(),
    );
  });

  it("removes all but the data, and finds the data again", async () => {
    const messages = async () =>
      (await clientOf(used).request(`${api}/v1/rooms/${used.room}/messages`, { token: used.token ?? "" }))
        .body;
    const before = await messages();
    const destroyed = await inShellOf(stack, "pulumi destroy --yes --skip-preview");
    expect(destroyed, destroyed.stdout + destroyed.stderr).toMatchObject({ exitCode: 0 });
    const volumes = ["alertmanager", "postgres", "prometheus", "proxy", "redis", "releases"].map(
      (name) => `${stack}-${name}-data`,
    );
    expect(await remains(stack)).toEqual({ containers: [], networks: [], images: [], volumes });
    expect(await backline("up", stack, "--yes")).toMatchObject({ exitCode: 0 });
    expect(await messages()).toEqual(before);
    expect(await backline("destroy", stack, "--yes")).toMatchObject({ exitCode: 0 });
    expect(await remains(stack)).toEqual({ containers: [], networks: [], images: [], volumes });
    expect(await backline("destroy", stack, "--yes", "--delete-data")).toMatchObject({ exitCode: 0 });
    expect(await remains(stack)).toEqual({ containers: [], networks: [], images: [], volumes: [] });
  });
});
