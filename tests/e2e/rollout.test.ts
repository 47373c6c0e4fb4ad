/** Deploys, bad releases and crashes under load: what users notice of them, counted. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keptReleases } from "../../components/shared/names";
import { docker } from "../support/backline";
import { type Client, eventually } from "../support/client";
import { crash } from "../support/crash";
import type { Load } from "../support/load/load";
import type { Span } from "../support/load/protocol";
import { type badReleases, type Deploy, RolloutStack } from "../support/rollout-stack";

const clients = 200;

/** Seconds that a new replica of the API has to become ready. */
const startTimeout = 12;

/** Seconds that an update may take beside that: the engine, the build of an image, the start of its container. */
const overhead = 90;

/** Seconds to which the proxy's delay is shortened. */
const shortDelay = 5;

/** On ports of its own, so that other stacks are left alone. */
const stack = new RolloutStack({
  stack: "e2e-rollout",
  httpPort: 28080,
  httpsPort: 28443,
  settings: ["backline:services:", "  api:", `    startTimeout: ${startTimeout}s`],
});
let load: Load;
let client: Client;
let loadBegan: number;
let anonymous: string[];

beforeAll(async () => {
  await stack.create();
  anonymous = await stack.anonymousVolumes();
  client = await stack.client();
  load = await stack.startLoad({
    requestsPerSecond: 200,
    connections: 20,
    clients,
    clientsPerRoom: 20,
    messageInterval: 4_000,
  });
  loadBegan = Date.now();
});
afterAll(async () => {
  load?.kill();
  await stack.remove();
});

/** For reading: what a test saw, where BACKLINE_FAULT_REPORT asks for it. */
function report(what: string, { began, ended }: Pick<Deploy, "began" | "ended">, span: Span): void {
  if (process.env.BACKLINE_FAULT_REPORT === undefined) return;
  const codes: Record<string, number> = {};
  for (const { code } of span.closes) codes[code] = (codes[code] ?? 0) + 1;
  const { median, p99, most } = span.latency;
  const milliseconds = [median, p99, most].map((value) => value.toFixed(0)).join(" / ");
  process.stderr.write(
    `${what}: ${((ended - began) / 1000).toFixed(1)} s, ${span.answered} answered, ${span.failures.length} failed, closes ${JSON.stringify(codes)}, median / p99 / most ${milliseconds} ms\n`,
  );
}

async function deployWell(what: string): Promise<Deploy> {
  const deploy = await stack.deploy();
  expect(deploy, `${deploy.stdout}\n${deploy.stderr}`).toMatchObject({ exitCode: 0 });
  report(what, deploy, await load.span(deploy.began, deploy.ended));
  return deploy;
}

/** The release that answers a URL's requests. */
async function versionAt(url: string): Promise<string> {
  const { status, body } = await client.request(`${url}/health`);
  expect(status).toBe(200);
  return String(Object(body).version);
}

const socketServer = stack.api.replace("api.", "studio.");

describe("a platform under load", () => {
  it("takes a new release of the API without a failed request or a closed WebSocket", async () => {
    const before = await versionAt(stack.api);
    stack.release("api", "two");
    const { began } = await deployWell("deploy of the API");
    expect(await load.span(began)).toMatchObject({ failures: [], closes: [] });
    expect(await versionAt(stack.api)).not.toBe(before);
  });

  it("takes a changed proxy configuration without a failed request or a closed WebSocket", async () => {
    const { id } = (await stack.containers("proxy"))[0] ?? { id: "" };
    stack.configureProxy(`streamCloseDelay: ${shortDelay}s`);
    const { began } = await deployWell("change of the proxy's configuration");
    expect((await stack.containers("proxy")).map((container) => container.id)).toEqual([id]);
    expect(await load.span(began)).toMatchObject({ failures: [], closes: [] });
  });

  it("closes no WebSocket by a deploy that comes after the shortened delay has passed", async () => {
    // How long is what is tested.
    await sleep(shortDelay * 1_000);
    stack.release("api", "three");
    await deployWell("deploy of the API after the delay");
    await sleep((shortDelay + 1) * 1_000);
    expect(await load.span(0)).toMatchObject({ failures: [], closes: [] });
  });

  it("closes each WebSocket at most once by a deploy of the WebSocket server, which loses no message", async () => {
    const before = await versionAt(socketServer);
    stack.release("api", "four");
    stack.release("ws", "four");
    stack.configureProxy(undefined);
    const { began } = await deployWell("deploy of the API and the WebSocket server");
    await eventually("all clients to be back", async () =>
      (await load.joined()) === clients ? true : undefined,
    );
    const { failures, closes } = await load.span(began);
    expect(failures).toEqual([]);
    expect([...new Set(closes.map(({ code }) => code))]).toEqual([1012]);
    expect(new Set(closes.map(({ client }) => client)).size).toBe(closes.length);
    expect(closes).toHaveLength(clients);
    expect(await versionAt(socketServer)).not.toBe(before);
  });

  it("has answered 30,000 requests by then, and failed none", async () => {
    await eventually(
      "enough requests",
      async () => ((await load.span(0)).answered >= 30_000 ? true : undefined),
      180,
    );
    expect((await load.span(0)).failures).toEqual([]);
  });
});

const reasons: Readonly<Record<keyof typeof badReleases, RegExp>> = {
  "never becomes healthy": /e2e-rollout-api-\d-\w+ was not ready within 12 s: .*"failing":\["release"\]/,
  "crashes on start": /e2e-rollout-api-\d-\w+ keeps starting over[\s\S]*could not start: the release is bad/,
  "hangs on start": /e2e-rollout-api-\d-\w+ was not ready within 12 s: .*ECONNREFUSED/,
};

describe("a release that is bad", () => {
  it.each(Object.entries(reasons))(
    "and %s fails in time with the reason, twice, while the old one serves",
    async (kind, reason) => {
      const before = await versionAt(stack.api);
      stack.badRelease(kind as keyof typeof badReleases);
      for (const attempt of ["first", "unchanged"]) {
        const deploy = await stack.deploy();
        expect(deploy).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(reason) });
        expect(deploy.ended - deploy.began).toBeLessThan((startTimeout + overhead) * 1_000);
        const span = await load.span(deploy.began, deploy.ended);
        report(`${attempt} deploy of a release that ${kind}`, deploy, span);
        expect(span).toMatchObject({ failures: [], closes: [] });
      }
      expect(await versionAt(stack.api)).toBe(before);
    },
  );

  it("leaves nothing behind once a good one is deployed", async () => {
    const before = await versionAt(stack.api);
    stack.release("api", "five");
    const { began } = await deployWell("next good deploy");
    expect(await load.span(began)).toMatchObject({ failures: [], closes: [] });
    expect(await versionAt(stack.api)).not.toBe(before);
    const { containers, images = [] } = await stack.remains();
    const expected = (await stack.outputs()).containers.map(({ name }) => name);
    expect(containers).toEqual(expected.sort());
    // Those of the releases before it, and its own.
    expect(images.filter((image) => image.endsWith("-api")).length).toBeLessThanOrEqual(keptReleases + 1);
    expect(await stack.anonymousVolumes()).toEqual(anonymous);
  });
});

/** Waits until Docker has started a replica again, and it is ready. */
async function back(id: string): Promise<void> {
  await eventually(
    "the replica to be back",
    async () => {
      const restarts = await docker("inspect", "--format", "{{.RestartCount}}", id);
      if (restarts === "0") return undefined;
      return docker("exec", id, "node", "/app/probe.cjs", "ready").then(
        () => true,
        () => undefined,
      );
    },
    10,
  );
}

async function crashOne(service: string): Promise<Pick<Deploy, "began" | "ended">> {
  const { id } = (await stack.containers(service))[0] ?? { id: "" };
  const began = Date.now();
  await crash(id);
  await back(id);
  return { began, ended: Date.now() };
}

describe("a process that is killed under load", () => {
  it("of the API: fails no GET, a POST at most once, and is back within 10 s", async () => {
    const times = await crashOne("api");
    await sleep(2_000);
    const span = await load.span(times.began);
    report("kill of an API replica", times, span);
    expect(span.failures.filter(({ method }) => method === "GET")).toEqual([]);
    const keys = span.failures.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(span.closes).toEqual([]);
  });

  it("of the WebSocket server: its clients are back, each after one close", async () => {
    const times = await crashOne("ws");
    await eventually("all clients to be back", async () =>
      (await load.joined()) === clients ? true : undefined,
    );
    const span = await load.span(times.began);
    report("kill of a WebSocket server", times, span);
    expect(span.failures).toEqual([]);
    const torn = span.closes.filter(({ joined }) => joined);
    expect(torn.length).toBeGreaterThan(0);
    expect(new Set(torn.map(({ client }) => client)).size).toBe(torn.length);
  });

  it("of the worker: its job runs again within 30 s and is done once", async () => {
    const guest = await client.request(`${stack.api}/v1/auth/guest`, {
      method: "POST",
      body: { name: "Ada" },
    });
    const token = String(Object(guest.body).token);
    const socket = await client.socket(stack.sockets, token);
    await socket.frame("welcome");
    const accepted = await client.request(`${stack.api}/v1/jobs`, {
      method: "POST",
      token,
      body: { kind: "echo", input: { value: "again", steps: 10, stepMilliseconds: 500 } },
    });
    await socket.frame("job", ({ progress }) => Number(progress) >= 20);
    const times = await crashOne("worker");
    // Its lock on the job has not run out yet: what comes now is of the next attempt.
    const seen = socket.frames.length;
    await eventually(
      "the job to run again",
      async () => socket.frames.slice(seen).find(({ type, state }) => type === "job" && state === "active"),
      30 - (Date.now() - times.began) / 1_000,
    );
    await socket.frame("job", ({ state }) => state === "completed");
    const { id } = Object(accepted.body);
    expect(await client.request(`${stack.api}/v1/jobs/${id}`, { token })).toMatchObject({
      body: { state: "completed", result: "again" },
    });
    report("kill of the worker", times, await load.span(times.began));
    expect((await load.span(times.began)).failures).toEqual([]);
    const ends = socket.frames.filter(
      ({ type, state }) => type === "job" && state !== "active" && state !== "queued",
    );
    expect(ends).toHaveLength(1);
    socket.close();
  });

  it("loses and doubles nothing: every message of every client is there once, in order", async () => {
    const outcome = await load.stop();
    if (process.env.BACKLINE_FAULT_REPORT !== undefined)
      process.stderr.write(
        `${JSON.stringify({ ...outcome, seconds: Math.round((Date.now() - loadBegan) / 1_000) })}\n`,
      );
    expect(outcome.problems).toEqual([]);
    expect(outcome.messages).toBeGreaterThan(clients);
    expect(outcome.answered).toBeGreaterThan(30_000);
  });
});
