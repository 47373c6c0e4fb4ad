/** Ephemeral stacks beside each other and beside another one: whose data is whose, and what is left when they end. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { engineLocks } from "../../scripts/operations/engine-locks";
import { withValues } from "../../scripts/operations/stack-file";

import { containersOf, docker, type Outcome, root } from "../support/backline";
import { Checkout } from "../support/checkout";
import { Client, eventually } from "../support/client";

/** A copy of the project with a state of its own, so that stacks of others are left alone. */
let checkout: Checkout;
const [one, two, cut] = ["e2e-one", "e2e-two", "e2e-cut"];
const beside = "e2e-beside";

/** Smaller than staging, so that three fit on a small machine at once. */
const process320 = { replicas: 1, memory: "320Mi" };
const small = {
  services: { api: process320, ws: process320, worker: process320, web: { replicas: 1 } },
  postgres: { memory: "512Mi" },
  monitoring: { enabled: false },
};

const listed = z.array(
  z.object({
    ...{ name: z.string(), state: z.string(), remainingSeconds: z.number() },
    urls: z.record(z.string(), z.string()),
  }),
);

async function list(): Promise<z.output<typeof listed>> {
  const { stdout } = await checkout.run("ephemeral", "list", "--json");
  return listed.parse(JSON.parse(stdout));
}

const stateOf = async (name: string): Promise<string | undefined> =>
  (await list()).find((stack) => stack.name === name)?.state;

async function well(run: Promise<Outcome>): Promise<Outcome> {
  const outcome = await run;
  expect(outcome, `${outcome.stdout}\n${outcome.stderr}`).toMatchObject({ exitCode: 0 });
  return outcome;
}

/** Ends the time of a stack, and waits until it is over. */
async function expire(name: string): Promise<void> {
  await eventually(`the engine of ${name} to have ended`, async () => {
    const { exitCode } = await checkout.run("ephemeral", "extend", name, "--ttl", "1s");
    return exitCode === 0 ? true : undefined;
  });
  await eventually("the stack to expire", async () => (await stateOf(name)) === "expired" || undefined);
}

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");

/** Paths of the checkout that have a stack's name in them. */
const pathsOf = (stack: string): string[] => {
  const here = readdirSync(checkout.root).filter((path) => path.includes(stack));
  const below = readdirSync(join(checkout.root, ".backline"), { recursive: true }).map(String);
  return [...here, ...below.filter((path) => path.includes(stack))].sort();
};

/** Everything of a stack, wherever it could be. */
async function traces(name: string): Promise<string[]> {
  const stack = `eph-${name}`;
  const named = async (...words: string[]) =>
    lines(await docker(...words)).filter((line) => line.includes(stack));
  const directory = `/var/lib/backline/${stack}`;
  return [
    ...(await named("ps", "--all", "--format", '{{.Names}} {{.Label "backline.stack"}}')),
    ...(await named("network", "ls", "--format", "{{.Name}}")),
    ...(await named("volume", "ls", "--format", "{{.Name}}")),
    ...(await named("image", "ls", "--format", "{{.Repository}}")),
    ...lines(await docker("image", "ls", "--quiet", "--filter", `label=backline.stack=${stack}`)),
    ...(existsSync(directory) ? [directory] : []),
    ...pathsOf(stack),
  ].sort();
}

const users = z.object({ users: z.array(z.object({ email: z.string(), password: z.string() })) });

interface Stack {
  readonly api: string;
  readonly client: Client;
}

const stackAt = (stack: string, api: string): Stack => ({
  api,
  client: new Client(join(checkout.root, ".backline", stack, "ca.crt")),
});

async function ephemeral(name: string): Promise<Stack> {
  const api = (await list()).find((stack) => stack.name === name)?.urls.api;
  if (api === undefined) throw new Error(`${name} is not listed`);
  return stackAt(`eph-${name}`, api);
}

function accountOf(name: string): { email: string; password: string } {
  const path = join(checkout.root, ".backline", `eph-${name}`, "test-users.json");
  const [ada] = users.parse(JSON.parse(readFileSync(path, "utf8"))).users;
  if (ada === undefined) throw new Error("there are no test users");
  return { email: ada.email, password: ada.password };
}

const signIn = ({ api, client }: Stack, body: { email: string; password: string }) =>
  client.request(`${api}/v1/auth/sign-in`, { method: "POST", body });

const ready = async ({ api, client }: Stack): Promise<number> =>
  (await client.request(`${api}/ready`)).status;

const besideApi = "https://api.audifi.localhost:38443";

beforeAll(async () => {
  checkout = new Checkout("staging");
  // As the project's own says it, but smaller.
  checkout.configure(withValues(readFileSync(join(root, "Pulumi.staging.yaml"), "utf8"), small));
  for (const name of [one, two, cut]) await checkout.run("ephemeral", "destroy", name, "--yes");
  writeFileSync(
    join(checkout.root, `Pulumi.${beside}.yaml`),
    withValues("", { ...small, proxy: { httpPort: 38080, httpsPort: 38443, certificates: "internal" } }),
  );
  await well(checkout.run("init", beside));
  await well(checkout.run("up", beside, "--yes"));
  await Promise.all([one, two].map((name) => well(checkout.run("ephemeral", "create", name, "--yes"))));
});
afterAll(async () => {
  for (const name of [one, two, cut]) await checkout?.run("ephemeral", "destroy", name, "--yes");
  await checkout?.run("destroy", beside, "--yes", "--delete-data");
  checkout?.remove();
});

describe("two ephemeral stacks beside another stack", () => {
  it("run, each at its own addresses for its own time", async () => {
    const stacks = (await list()).filter(({ name }) => [one, two].includes(name));
    expect(stacks.map(({ name, state }) => [name, state])).toEqual([
      [one, "running"],
      [two, "running"],
    ]);
    expect(new Set(stacks.flatMap(({ urls }) => Object.values(urls))).size).toBe(8);
    for (const { remainingSeconds } of stacks) expect(remainingSeconds).toBeGreaterThan(7 * 3_600);
    expect(await Promise.all([one, two].map(async (name) => ready(await ephemeral(name))))).toEqual([
      200, 200,
    ]);
    expect(await ready(stackAt(beside, besideApi))).toBe(200);
  });

  it("have test data", async () => {
    const stack = await ephemeral(one);
    const session = await signIn(stack, accountOf(one));
    expect(session).toMatchObject({ status: 200, body: { user: { name: "Ada" } } });
    const { token } = z.object({ token: z.string() }).parse(session.body);
    const rooms = await stack.client.request(`${stack.api}/v1/rooms`, { token });
    expect(rooms.body).toMatchObject({
      rooms: [
        { name: "Studio", visibility: "private", lastSeq: 2 },
        { name: "Lobby", visibility: "public", lastSeq: 4 },
      ],
    });
    const jobs = await stack.client.request(`${stack.api}/v1/jobs`, { token });
    expect(jobs.body).toMatchObject({ jobs: [{ kind: "report" }] });
  });

  it("see nothing of each other, and nothing of the other stack", async () => {
    const [first, second, other] = [await ephemeral(one), await ephemeral(two), stackAt(beside, besideApi)];
    expect((await signIn(second, accountOf(one))).status).toBe(401);
    expect((await signIn(first, accountOf(two))).status).toBe(401);
    expect((await signIn(other, accountOf(one))).status).toBe(401);
    const guest = await other.client.request(`${other.api}/v1/auth/guest`, { method: "POST", body: {} });
    const { token } = z.object({ token: z.string() }).parse(guest.body);
    const made = await other.client.request(`${other.api}/v1/rooms`, {
      ...{ method: "POST", token },
      body: { name: "of the other stack" },
    });
    const { id } = z.object({ id: z.string() }).parse(made.body);
    for (const [name, stack] of [
      [one, first],
      [two, second],
    ] as const) {
      // The other stack's token is none here, and its room is not here either.
      expect((await stack.client.request(`${stack.api}/v1/rooms`, { token })).status).toBe(401);
      const session = z.object({ token: z.string() }).parse((await signIn(stack, accountOf(name))).body);
      const room = await stack.client.request(`${stack.api}/v1/rooms/${id}`, { token: session.token });
      expect(room.status).toBe(404);
    }
  });

  it("are gone without residue when their time is over, and the others serve on", async () => {
    expect(await traces(one)).not.toEqual([]);
    const before = await traces(two);
    await expire(one);
    const { stdout } = await well(checkout.run("ephemeral", "reap", "--yes", "--json"));
    expect(
      z.object({ reaped: z.array(z.object({ name: z.string() })) }).parse(JSON.parse(stdout)),
    ).toMatchObject({
      reaped: expect.arrayContaining([{ name: one, stack: `eph-${one}` }]),
    });
    expect(await traces(one)).toEqual([]);
    expect(await traces(two)).toEqual(before);
    expect(await ready(await ephemeral(two))).toBe(200);
    expect(await ready(stackAt(beside, besideApi))).toBe(200);
  });

  it("are gone without residue when they are destroyed", async () => {
    await well(checkout.run("ephemeral", "destroy", two, "--yes"));
    expect(await traces(two)).toEqual([]);
    const { stdout } = await well(checkout.run("ephemeral", "destroy", two, "--yes"));
    expect(stdout).toBe(`There is no ephemeral stack ${two}.`);
    expect(await ready(stackAt(beside, besideApi))).toBe(200);
  });
});

describe("a creation that was killed half-way", () => {
  it("is listed as failed, and reaped without residue", async () => {
    const stack = `eph-${cut}`;
    const creation = checkout.start("ephemeral", "create", cut, "--yes");
    await eventually(
      "the first container",
      async () => ((await containersOf(stack)).length > 0 ? true : undefined),
      300,
    );
    // The machine's end would take both with it.
    const [engine] = engineLocks(checkout.root, stack);
    creation.kill("SIGKILL");
    if (engine?.holder !== undefined) process.kill(engine.holder.pid, "SIGKILL");
    await creation;
    expect(engine?.holder?.pid).toBeGreaterThan(0);
    expect(await stateOf(cut)).toBe("failed");
    expect(await traces(cut)).not.toEqual([]);
    await expire(cut);
    await eventually(
      "a reap that finds nobody at work",
      async () => ((await checkout.run("ephemeral", "reap", "--yes")).exitCode === 0 ? true : undefined),
      60,
    );
    expect(await traces(cut)).toEqual([]);
    expect(await ready(stackAt(beside, besideApi))).toBe(200);
  });
});
