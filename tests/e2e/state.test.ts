/** A damaged, a lost and an old state of a stack that runs: what is refused, and what `state restore` brings back. */
import { readFileSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { projectPaths } from "../../scripts/operations/project";
import { withValues } from "../../scripts/operations/stack-file";
import { containersOf, type Outcome, remains } from "../support/backline";
import { Checkout } from "../support/checkout";
import { Client, eventually } from "../support/client";

const stack = "e2e-state";
const api = "https://api.audifi.localhost:48643";
const alone = { replicas: 1, memory: "320Mi" };

let checkout: Checkout;
let state: string;

const well = async (run: Promise<Outcome>): Promise<Outcome> => {
  const outcome = await run;
  expect(outcome, `${outcome.stdout}\n${outcome.stderr}`).toMatchObject({ exitCode: 0 });
  return outcome;
};

const outputs = z.object({ containers: z.array(z.object({ name: z.string() })) });
const listed = z.object({
  backups: z.array(
    z.object({
      ...{ name: z.string(), reason: z.string(), readable: z.boolean() },
      resources: z.number().optional(),
    }),
  ),
});

async function expected(): Promise<string[]> {
  const { stdout } = await well(checkout.backline("outputs", "--json"));
  return outputs
    .parse(JSON.parse(stdout))
    .containers.map(({ name }) => name)
    .sort();
}

const running = async (): Promise<string[]> => (await containersOf(stack)).map(({ name }) => name);

/** The backups that can be read and were made by commands, newest first. */
async function backups(): Promise<z.output<typeof listed>["backups"]> {
  const { stdout } = await well(checkout.run("state", "list", stack, "--json"));
  return listed
    .parse(JSON.parse(stdout))
    .backups.filter(({ name, readable }) => readable && name !== "engine");
}

/** Waits until the proxy has seen that the only replica of the API is back. */
const ready = async (): Promise<true> => {
  const client = new Client(join(checkout.root, ".backline", stack, "ca.crt"));
  return await eventually("the API to be ready", async () =>
    (await client.request(`${api}/ready`)).status === 200 ? true : undefined,
  );
};

beforeAll(async () => {
  checkout = new Checkout(stack);
  state = projectPaths(checkout.root).stackState(stack);
  checkout.configure(
    withValues("", {
      domain: "audifi.localhost",
      proxy: { httpPort: 48280, httpsPort: 48643, certificates: "internal" },
      services: { api: alone, ws: alone, worker: alone, web: { replicas: 1 } },
      postgres: { memory: "512Mi" },
      monitoring: { enabled: false },
    }),
  );
  await well(checkout.backline("init"));
  await well(checkout.backline("up", "--yes"));
});
afterAll(async () => {
  await checkout?.backline("destroy", "--yes", "--delete-data");
  checkout?.remove();
});

describe("a stack that runs", () => {
  it("has a backup of the state before each update", async () => {
    expect((await backups()).map(({ reason, resources }) => [reason, resources])).toEqual([["before up", 0]]);
  });

  it("whose state was cut off is left alone by every command, with the mend, until it is restored", async () => {
    const before = await containersOf(stack);
    truncateSync(state, 1_000);
    const shown = state.slice(checkout.root.length + 1);
    for (const words of [["up", "--yes"], ["preview"], ["status"], ["outputs"], ["refresh", "--yes"]])
      expect(await checkout.backline(words[0] ?? "", ...words.slice(1)), words.join(" ")).toMatchObject({
        exitCode: 1,
        stderr: `the state of the stack ${stack} cannot be used: ${shown} is cut off after 1000 bytes; bring its last good copy back: ./backline state restore ${stack}`,
      });
    // The engine's own copy of the state after the update is newer than the backup before it.
    const { stdout } = await well(checkout.run("state", "restore", stack, "--yes"));
    expect(stdout).toMatch(/^The state of e2e-state is that of engine /);
    await well(checkout.backline("status"));
    const { stderr } = await well(checkout.backline("up", "--yes"));
    expect(stderr).toMatch(/\d+ unchanged/);
    expect(await containersOf(stack)).toEqual(before);
  });

  it("whose state is gone has it back the same way", async () => {
    const before = await containersOf(stack);
    rmSync(state);
    const lost = await checkout.backline("outputs");
    expect(lost).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`./backline state restore ${stack}`),
    });
    await well(checkout.run("state", "restore", stack, "--yes"));
    await well(checkout.backline("up", "--yes"));
    expect(await containersOf(stack)).toEqual(before);
  });

  it("converges from a state that does not know what runs, and leaves nothing behind", async () => {
    const old = await running();
    const settings = (): string => readFileSync(join(checkout.root, `Pulumi.${stack}.yaml`), "utf8");
    checkout.reconfigure("320Mi", "384Mi");
    const deployed = settings();
    await well(checkout.backline("up", "--yes"));
    expect(await running()).not.toEqual(old);
    const [newest] = await backups();
    expect(newest).toMatchObject({ reason: "before up" });
    checkout.reconfigure("384Mi", "448Mi");
    await well(checkout.run("state", "restore", stack, newest?.name ?? "", "--configuration", "--yes"));
    expect(settings()).toBe(deployed);
    checkout.reconfigure("384Mi", "320Mi");
    await well(checkout.backline("up", "--yes"));
    expect(await running()).toEqual(await expected());
    expect(await running()).toEqual(old);
    await ready();
    const second = await well(checkout.backline("up", "--yes"));
    expect(second.stderr).not.toMatch(/\d+ (created|updated|replaced|deleted)/);
  });

  it("is removed wholly, also from a state that knows nothing of it", async () => {
    // That of before the first update, which knows nothing of what runs.
    const oldest = (await backups()).at(-1);
    expect(oldest).toMatchObject({ reason: "before up", resources: 0 });
    await well(checkout.run("state", "restore", stack, oldest?.name ?? "", "--yes"));
    await well(checkout.backline("destroy", "--yes", "--delete-data"));
    expect(await remains(stack)).toEqual({ containers: [], networks: [], images: [], volumes: [] });
  });
});
