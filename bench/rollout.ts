import { setTimeout as sleep } from "node:timers/promises";
import { docker } from "../tests/support/backline";
import { type Client, eventually } from "../tests/support/client";
import type { Load } from "../tests/support/load/load";
import { RolloutStack } from "../tests/support/rollout/stack";
import { type Measurement, seconds } from "./measure";
import { measureProxy } from "./rollout/proxy";

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** Seconds of load before a deploy, which it is compared with. */
const quiet = 20;

/** Answers in a row that say that the traffic has moved. */
const enough = 20;

interface Figures {
  readonly before: number[];
  readonly during: number[];
  readonly deploy: number[];
  readonly rollback: number[];
  readonly bare: number[];
}

/** Seconds from the start of a deploy until the last container is gone that ran before it. */
async function deployVersion(stack: RolloutStack, version: string): Promise<number> {
  const old = new Set((await stack.containers("api")).map(({ id }) => id));
  stack.release("api", version);
  const began = performance.now();
  const deploy = stack.deploy();
  const gone = eventually(
    "the old containers to be gone",
    async () =>
      (await stack.containers("api")).some(({ id }) => old.has(id)) ? undefined : performance.now(),
    300,
  );
  const [{ exitCode, stderr }, end] = await Promise.all([deploy, gone]);
  if (exitCode !== 0) throw new Error(stderr);
  return (end - began) / 1_000;
}

/** Seconds from the start of a rollback until the release that it leaves answers no more. */
async function rollBack(stack: RolloutStack, client: Client): Promise<number> {
  const version = async (): Promise<string> =>
    String(Object((await client.request(`${stack.api}/health`)).body).version);
  const left = await version();
  const began = performance.now();
  const rollback = stack.rollback();
  let moved = began;
  for (let row = 0; row < enough; await sleep(20)) {
    if ((await version()) === left) row = 0;
    else if (row++ === 0) moved = performance.now();
  }
  const { exitCode, stderr } = await rollback;
  if (exitCode !== 0) throw new Error(stderr);
  return (moved - began) / 1_000;
}

/** Seconds that Docker and the service alone need: the drain of a replica, its start, and its first healthy check. */
async function restartReplica(stack: RolloutStack): Promise<number> {
  const [replica] = await stack.containers("api");
  if (replica === undefined) throw new Error("there is no replica");
  const probe = () =>
    docker("exec", replica.id, "node", "/app/probe.cjs", "ready").then(
      () => true,
      () => undefined,
    );
  return seconds(async () => {
    await docker("stop", replica.id);
    await docker("start", replica.id);
    await eventually("the replica to be ready", probe, 60);
  });
}

async function deployUnderLoad(stack: RolloutStack, load: Load, runs: number): Promise<Figures> {
  const figures: Figures = { before: [], during: [], deploy: [], rollback: [], bare: [] };
  const client = await stack.client();
  for (let run = 1; run <= runs; run += 1) {
    say(`deploying under load, ${run} of ${runs}`);
    const began = Date.now();
    // How long is what is measured.
    await sleep(quiet * 1_000);
    const started = Date.now();
    figures.deploy.push(await deployVersion(stack, `bench ${run}`));
    figures.during.push((await load.span(started)).latency.p99);
    figures.before.push((await load.span(began, started)).latency.p99);
    figures.rollback.push(await rollBack(stack, client));
    const { failures } = await load.span(began);
    if (failures.length > 0) throw new Error(`requests have failed: ${JSON.stringify(failures.slice(0, 3))}`);
  }
  return figures;
}

/** Deploys under load, and what the proxy costs. */
export async function measureRollout(runs: number): Promise<Measurement[]> {
  const stack = new RolloutStack({ stack: "bench-rollout", httpPort: 38080, httpsPort: 38443 });
  let load: Load | undefined;
  try {
    say("deploying a stack");
    await stack.create();
    const options = { clients: 200, clientsPerRoom: 20, messageInterval: 4_000 };
    load = await stack.startLoad({ requestsPerSecond: 200, connections: 20, ...options });
    const figures = await deployUnderLoad(stack, load, runs);
    const { problems } = await load.stop();
    if (problems.length > 0) throw new Error(`messages were lost: ${problems.slice(0, 3).join("; ")}`);
    say("stopping and starting replicas");
    for (let run = 1; run <= runs; run += 1) figures.bare.push(await restartReplica(stack));
    say("measuring the proxy");
    const proxy = await measureProxy(stack, runs);
    return [
      {
        what: "p99 of 200 requests/s over HTTPS during a deploy of the API",
        unit: "ms",
        runs: figures.during,
        beside: { what: "before it", runs: figures.before },
      },
      {
        what: "deploy of a new version of the API, to the end of its last old container",
        runs: figures.deploy,
        beside: { what: "drain, start and first healthy check of a container", runs: figures.bare },
      },
      {
        what: "rollback, until the release that it leaves answers no more",
        runs: figures.rollback,
        beside: { what: "the same start and check", runs: figures.bare },
      },
      ...proxy,
    ];
  } finally {
    load?.kill();
    await stack.remove();
  }
}
