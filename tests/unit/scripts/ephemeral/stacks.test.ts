import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as asking from "../../../../scripts/operations/ask";
import { type Created, create } from "../../../../scripts/operations/ephemeral/create";
import { describeEphemeral, renderEphemerals } from "../../../../scripts/operations/ephemeral/describe";
import { destroyEphemeral, extend, reap } from "../../../../scripts/operations/ephemeral/end";
import { findEphemerals } from "../../../../scripts/operations/ephemeral/find";
import { seed } from "../../../../scripts/operations/ephemeral/seed";
import { projectPaths } from "../../../../scripts/operations/project";
import { withStackLock } from "../../../../scripts/operations/stack-lock";
import { type EphemeralCheckout, ephemeralCheckout } from "../../../support/ephemeral-checkout";
import type { fakeSession } from "../../../support/released-stack";

vi.mock("../../../../scripts/operations/session", async () => {
  const { fakeSession: session } = await import("../../../support/released-stack");
  const make = (of: Parameters<typeof fakeSession>[0]) => session(of);
  return { sessionFor: make, openSession: async (of: Parameters<typeof fakeSession>[0]) => make(of) };
});
// What is installed, and which ports are free, is told elsewhere.
vi.mock("../../../../scripts/operations/install", () => ({
  planInstall: async () => ({ sentences: [] }),
  consent: async () => undefined,
  install: async () => ({ toolchain: { kind: "registry" }, images: undefined }),
  engineWay: async () => "official",
}));
vi.mock("../../../../scripts/operations/ports", () => ({
  requirePorts: async () => undefined,
  portState: async () => ({ is: "free" }),
}));
vi.mock("../../../../scripts/operations/images", () => ({
  mustSend: async () => false,
  needsDocker: () => false,
  neededImages: () => [],
}));
vi.mock("../../../../scripts/operations/ask");
// The API that test data goes to is part of no fake.
vi.mock("../../../../scripts/operations/ephemeral/seed");

// Each runs dozens of small programs.
vi.setConfig({ testTimeout: 30_000 });

const hour = 3_600_000;
const start = new Date("2030-01-31T12:00:00Z");

let one: EphemeralCheckout;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: start });
  vi.mocked(seed).mockClear();
  one = ephemeralCheckout();
});
afterEach(() => {
  vi.useRealTimers();
  one.remove();
});

const make = (name: string, ttl = "8h", { root, settings }: EphemeralCheckout = one): Promise<Created> =>
  create({ root, name, ttl, yes: true, settings });
const list = async ({ root }: EphemeralCheckout = one) => (await findEphemerals(root)).ephemerals;
const states = async (checkout = one) =>
  (await list(checkout)).map((ephemeral) => {
    const { name, state } = describeEphemeral(ephemeral);
    return `${name} ${state}`;
  });
const later = (hours: number): void => {
  vi.setSystemTime(Date.now() + hours * hour);
};
const reapAll = ({ root }: EphemeralCheckout = one) => reap({ root, yes: true });

/** Everything that there is of ephemeral stacks. */
const traces = (checkout = one) => [
  ...checkout.docker.things(),
  ...checkout.files(),
  ...checkout.directories().map((directory) => `directory ${directory}`),
];

describe("ephemeral stacks", () => {
  it("are made beside each other, with ports, names and passphrases of their own", async () => {
    const first = await make("a");
    const second = await make("b", "2d");
    expect(first.ephemeral.record).toMatchObject({
      name: "a",
      ready: true,
      created: "2030-01-31T12:00:00.000Z",
      until: "2030-01-31T20:00:00.000Z",
      ports: { http: 10_080, https: 10_443 },
      urls: {
        api: "https://api.a.audifi.localhost:10443",
        app: "https://app.a.audifi.localhost:10443",
        studio: "https://studio.a.audifi.localhost:10443",
      },
    });
    expect(second.ephemeral.record).toMatchObject({
      until: "2030-02-02T12:00:00.000Z",
      ports: { http: 10_081, https: 10_444 },
    });
    const passphrase = (name: string) => readFileSync(projectPaths(one.root).passphrase(name), "utf8");
    expect(passphrase("eph-a")).not.toBe(passphrase("eph-b"));
    expect(await states()).toEqual(["a running", "b running"]);
    expect(seed).toHaveBeenCalledTimes(2);
  });

  it("are listed with the time that they have left", async () => {
    await make("a");
    await make("b", "2d");
    later(3.25);
    expect(renderEphemerals(await list())).toBe(
      [
        "NAME  STACK  STATE    AGE     REMAINING  HOST  URL",
        "a     eph-a  running  3h 15m  4h 45m     -     https://app.a.audifi.localhost:10443",
        "b     eph-b  running  3h 15m  1d 20h     -     https://app.b.audifi.localhost:10444",
        "",
      ].join("\n"),
    );
  });

  it("are reaped when their time is over, and not before", async () => {
    await make("a", "2h");
    await make("b", "8h");
    later(1.9);
    expect(await reapAll()).toEqual({ reaped: [], problems: [] });
    later(0.2);
    expect(await states()).toEqual(["a expired", "b running"]);
    const before = traces().filter((trace) => trace.includes("eph-b"));
    expect(await reapAll()).toEqual({ reaped: [{ name: "a", stack: "eph-a" }], problems: [] });
    expect(traces()).toEqual(before);
    expect(await reapAll()).toEqual({ reaped: [], problems: [] });
  });

  it("live on from now when they are extended", async () => {
    await make("a", "2h");
    later(1);
    await extend({ root: one.root }, "a", "4h");
    later(3.9);
    expect(await states()).toEqual(["a running"]);
    later(0.2);
    expect(await states()).toEqual(["a expired"]);
    await expect(extend({ root: one.root }, "b", "4h")).rejects.toThrow(
      "there is no ephemeral stack b; ./backline ephemeral list shows those that there are",
    );
  });

  it("take the present sources and the new time when they are made again, and keep data and secrets", async () => {
    await make("a", "2h");
    const file = join(one.root, "Pulumi.eph-a.yaml");
    const before = readFileSync(file, "utf8");
    later(1);
    const { ephemeral } = await create({ root: one.root, name: "a", ttl: "2h", yes: true });
    expect(ephemeral.record).toMatchObject({
      created: "2030-01-31T12:00:00.000Z",
      until: "2030-01-31T15:00:00.000Z",
    });
    expect(readFileSync(file, "utf8")).toBe(before);
    expect(seed).toHaveBeenCalledTimes(1);
  });

  it("take other settings then, on the ports that they have", async () => {
    await make("a");
    const settings = join(one.root, "given.yaml");
    const host = `backline:host: {directory: ${one.docker.files}}`;
    writeFileSync(settings, `config:\n  ${host}\n  backline:postgres: {memory: 1Gi}\n`);
    await make("a", "8h", { ...one, settings });
    expect(readFileSync(join(one.root, "Pulumi.eph-a.yaml"), "utf8")).toMatch(
      /httpsPort: 10443\n[\s\S]*backline:postgres:\n {4}memory: 1Gi\n/,
    );
    expect((await list()).map(({ record }) => record.ports)).toEqual([{ http: 10_080, https: 10_443 }]);
  });

  it("whose host is gone leave nothing in the checkout when they are destroyed", async () => {
    await make("a");
    one.docker.dieAt("docker");
    await expect(destroyEphemeral({ root: one.root, yes: true }, "a")).rejects.toThrow(
      "Docker does not answer",
    );
    await destroyEphemeral({ root: one.root, yes: true, hostIsGone: true }, "a");
    expect(one.files()).toEqual([]);
    expect(one.docker.things()).toContain("container eph-a-api");
  });

  it("are destroyed before their time, without a trace, and once is enough", async () => {
    await make("a");
    expect(await destroyEphemeral({ root: one.root, yes: true }, "a")).toBe(true);
    expect(traces()).toEqual([]);
    expect(await destroyEphemeral({ root: one.root, yes: true }, "a")).toBe(false);
  });

  it("stay when the user does not agree", async () => {
    vi.mocked(asking.ask).mockResolvedValue(false);
    await make("a");
    const before = traces();
    const no = { root: one.root, yes: false };
    await expect(destroyEphemeral(no, "a")).rejects.toThrow("nothing was destroyed");
    await expect(create({ ...no, name: "b", ttl: "1h" })).rejects.toThrow("nothing was made");
    later(9);
    await expect(reap(no)).rejects.toThrow("nothing was destroyed");
    expect(traces()).toEqual(before);
  });

  it("are not mixed up with a stack that was made by init", async () => {
    writeFileSync(join(one.root, "Pulumi.eph-a.yaml"), "config: {}\n");
    one.docker.make("volume", "precious", "backline.stack=eph-a");
    const refusal = "Pulumi.eph-a.yaml: is there already and belongs to no ephemeral stack";
    await expect(make("a")).rejects.toThrow(refusal);
    await expect(destroyEphemeral({ root: one.root, yes: true }, "a")).rejects.toThrow(refusal);
    expect(one.docker.things()).toEqual(["volume precious"]);
  });
});

describe("an ephemeral stack whose checkout is lost", () => {
  let other: EphemeralCheckout;
  beforeEach(async () => {
    await make("a", "2h");
    other = ephemeralCheckout(one.docker);
  });
  afterEach(() => other.remove());

  it("is found, extended and reaped from another one", async () => {
    expect((await list(other)).map((ephemeral) => describeEphemeral(ephemeral))).toMatchObject([
      { name: "a", state: "running", here: false },
    ]);
    await extend({ root: other.root }, "a", "4h");
    later(3);
    expect(await states()).toEqual(["a running"]);
    later(2);
    expect(await reapAll(other)).toMatchObject({ reaped: [{ name: "a" }] });
    expect(one.docker.things()).toEqual([]);
    expect(one.directories()).toEqual([]);
    // What the first checkout has of it goes when that one is asked.
    expect(await reapAll(one)).toMatchObject({ reaped: [{ name: "a" }] });
    expect(traces()).toEqual([]);
  });

  it("is made anew, with other secrets, and leaves its ports to nobody else", async () => {
    const { record } = (await make("b", "8h", other)).ephemeral;
    expect(record.ports).toEqual({ http: 10_081, https: 10_444 });
    await make("a", "8h", other);
    expect(other.said()).toContain("removing what is left of eph-a (running)\n");
    expect((await list(other)).map(({ record: { name }, here }) => [name, here])).toEqual([
      ["a", true],
      ["b", true],
    ]);
  });
});

describe("a creation that ended half-way", () => {
  /** Makes the stack as far as a call of a program, or a step of it, that has these words in it. */
  async function makeUntil(words: string): Promise<void> {
    one.docker.dieAt(words);
    await expect(make("a")).rejects.toThrow();
    one.docker.dieAt(undefined);
  }

  it.each([
    ["docker volume create", ".backline/ephemeral/eph-a.json"],
    ["pulumi stack init", ".backline/passphrases/eph-a"],
    ["backline:secrets.redisPassword", "Pulumi.eph-a.yaml"],
    ["thing volume", "network eph-a-edge"],
    ["files of", "image eph-a-image"],
    ["thing container eph-a-api", "directory eph-a"],
    ["thing container eph-a-task", "container eph-a-api"],
    ["pulumi stack output", "container eph-a-task"],
  ])("is reaped where it ended at %s", async (words, last) => {
    await makeUntil(words);
    const made = traces();
    expect(made).toContain(last);
    expect(await states()).toEqual(["a failed"]);
    await reapAll();
    expect(traces()).toEqual(made);
    later(9);
    expect(await reapAll()).toEqual({ reaped: [{ name: "a", stack: "eph-a" }], problems: [] });
    expect(traces()).toEqual([]);
  });

  it("is reaped by the next reap where one ended half-way itself", async () => {
    await make("a");
    later(9);
    for (const words of ["network rm", "rm -rf", "volume rm eph-a-postgres", "volume rm eph-a-lease"]) {
      one.docker.dieAt(words);
      expect((await reapAll()).reaped, words).toMatchObject([{ name: "a", error: expect.any(String) }]);
      one.docker.dieAt(undefined);
      expect(await states(), words).toEqual(["a expired"]);
    }
    await reapAll();
    expect(traces()).toEqual([]);
  });

  it("is removed and made from the beginning by the next one", async () => {
    await makeUntil("thing container eph-a-task");
    expect(await states()).toEqual(["a failed"]);
    expect(one.said()).toContain(
      "eph-a was not made to the end; what there is of it stays until 2030-01-31T20:00:00.000Z",
    );
    await make("a");
    expect(await states()).toEqual(["a running"]);
  });
});

describe("a reap", () => {
  it("that fails at one stack goes on with the others", async () => {
    vi.useRealTimers();
    const now = Date.now();
    vi.useFakeTimers({ toFake: ["Date"], now: now - 2 * hour });
    await make("a", "1h");
    await make("b", "1h");
    vi.useRealTimers();
    const { reaped } = await withStackLock(one.root, "eph-a", "up eph-a", () => reapAll());
    expect(reaped).toEqual([
      {
        name: "a",
        stack: "eph-a",
        error: expect.stringMatching(/^the stack eph-a is in use: .* runs "up eph-a"/),
      },
      { name: "b", stack: "eph-b" },
    ]);
    expect(await states()).toEqual(["a expired"]);
  });

  it("says so when Docker does not answer, and removes nothing that would hide what is there", async () => {
    await make("a", "1h");
    later(2);
    const before = traces();
    one.docker.dieAt("docker");
    const { reaped } = await reapAll();
    expect(reaped).toMatchObject([{ name: "a", error: expect.stringMatching(/Docker does not answer/) }]);
    one.docker.dieAt(undefined);
    expect(traces()).toEqual(before);
  });

  it("tells of a lease that cannot be read", async () => {
    one.docker.make("volume", "eph-x-lease-1", "backline.ephemeral=x", "backline.lease={}");
    const { problems } = await reapAll();
    expect(problems).toEqual([expect.stringMatching(/^the labels of the volume eph-x-lease-1 cannot be/)]);
  });

  it("tells of a record that cannot be read, which destroy removes", async () => {
    await make("a");
    writeFileSync(projectPaths(one.root).ephemeral("eph-a"), "{");
    const { problems } = await reapAll();
    expect(problems).toEqual([
      ".backline/ephemeral/eph-a.json cannot be read; ./backline ephemeral destroy a removes the stack all the same",
    ]);
    await destroyEphemeral({ root: one.root, yes: true }, "a");
    expect(traces()).toEqual([]);
  });
});
