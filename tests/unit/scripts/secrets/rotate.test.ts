import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { projectPaths } from "../../../../scripts/operations/project";
import { rotate } from "../../../../scripts/operations/secrets/rotate";
import { withValues } from "../../../../scripts/operations/stack-file";
import { captureOutput } from "../../../support/fake-programs";
import { stackText } from "../../../support/released-stack";
import { stateText } from "../../../support/state-text";

/** The engine and the update as the test has them. */
const world = vi.hoisted(() => ({
  root: "",
  generated: 0,
  given: [] as string[],
  containers: 1,
  /** What each update deploys, as the stack's file has it. */
  updates: [] as string[],
  /** Called before each update; throws where it fails. */
  onUpdate: (_count: number): void => {},
}));

const file = () => join(world.root, "Pulumi.qa.yaml");
const text = () => readFileSync(file(), "utf8");

vi.mock("../../../../scripts/operations/session", async () => {
  const { fakeSession } = await import("../../../support/released-stack");
  return { openSession: async (of: Parameters<typeof fakeSession>[0]) => fakeSession(of) };
});
vi.mock("../../../../scripts/operations/up", () => ({
  upLocked: async () => {
    world.onUpdate(world.updates.length + 1);
    world.updates.push(text());
  },
}));
vi.mock("../../../../scripts/operations/engine", () => ({
  runPulumi: async (_session: unknown, args: string[], { input }: { input?: string } = {}) => {
    if (args[0] === "stack")
      return JSON.stringify({ containers: Array(world.containers).fill({ name: "a", service: "api" }) });
    const path = args.find((word) => word.startsWith("backline:")) ?? "";
    const [key = "", ...rest] = path.replace("backline:", "").split(".");
    world.generated += 1;
    world.given.push(input ?? "", args.join(" "));
    const value = rest.reduceRight<unknown>((inner, name) => ({ [name]: inner }), {
      secure: `v1:new${world.generated}`,
    });
    writeFileSync(file(), withValues(text(), { [key]: value }));
    return "";
  },
}));

let said: ReturnType<typeof captureOutput>;
beforeEach(() => {
  world.root = mkdtempSync(join(tmpdir(), "backline-rotate-"));
  Object.assign(world, { generated: 0, given: [], containers: 1, updates: [], onUpdate: () => {} });
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  };
  write(file(), stackText);
  write(projectPaths(world.root).passphrase("qa"), "secret");
  write(projectPaths(world.root).stackState("qa"), stateText());
  vi.stubEnv("PULUMI_BACKEND_URL", undefined);
  said = captureOutput();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(world.root, { recursive: true, force: true });
});

const start = new Date("2030-01-31T12:00:00Z");
const run = (name?: string, now = start) =>
  rotate({ root: world.root, stack: "qa", name, yes: true, clock: () => now });

/** `value / other / phase` of a secret in a text of the stack's file. */
function stateIn(content: string, name: string): string {
  const { config } = parse(content);
  const { other, phase } = config["backline:rotation"]?.[name] ?? {};
  return [config["backline:secrets"][name].secure, other?.secure ?? "-", phase ?? "-"].join(" ");
}
const seen = (name: string) => world.updates.map((content) => stateIn(content, name));

describe("secrets rotate", () => {
  it("deploys the new password beside the old one, then without it, and tells what is known of it", async () => {
    const reports = await run("redisPassword");
    expect(seen("redisPassword")).toEqual(["v1:new1 v1:x used", "v1:new1 - ended"]);
    expect(stateIn(text(), "redisPassword")).toBe("v1:new1 - -");
    expect(seen("postgresPassword")).toEqual(["v1:x - -", "v1:x - -"]);
    expect(reports).toMatchObject([
      { name: "redisPassword", changed: "2030-01-31T12:00:00Z", phase: null, rotatable: true },
    ]);
  });

  it("gives the engine new values on standard input alone", async () => {
    await run();
    expect(world.generated).toBe(6);
    const values = world.given.filter((_line, index) => index % 2 === 0);
    expect(new Set(values).size).toBe(6);
    for (const value of values) {
      expect(value).toMatch(/^[\w-]{43}$/);
      expect(
        [...world.given.filter((line) => line !== value), text(), said.text().stderr].join(),
      ).not.toContain(value);
    }
  });

  it("rotates all that can be in two updates, and no replica signs with a key that another does not know", async () => {
    await run();
    expect(seen("jwtSecret")).toEqual(["v1:x v1:new1 introduced", "v1:new1 v1:x used"]);
    expect(seen("postgresPassword")).toEqual(["v1:new3 v1:x used", "v1:new3 - ended"]);
    expect(seen("grafanaPassword")).toEqual(["v1:new6 - used", "v1:new6 - -"]);
    expect(seen("nameKey")).toEqual(["v1:x - -", "v1:x - -"]);
    expect(stateIn(text(), "jwtSecret")).toBe("v1:new1 v1:x expiring");
    const rotation = parse(text()).config["backline:rotation"];
    expect(rotation.jwtSecret).toMatchObject({ rotations: 1, until: "2030-01-31T12:45:00Z" });
    expect(rotation.postgresPassword).toEqual({ changed: "2030-01-31T12:00:00Z", rotations: 1 });
  });

  it.each([1, 2])(
    "completes what a failure of update %i has left, with one new value each",
    async (failing) => {
      world.onUpdate = (count) => {
        if (count === failing) throw new Error("killed");
      };
      await expect(run("postgresPassword")).rejects.toThrow("killed");
      const left = failing === 1 ? "v1:new1 v1:x used" : "v1:new1 - ended";
      expect(stateIn(text(), "postgresPassword")).toBe(left);
      world.onUpdate = () => {};
      await run("postgresPassword");
      expect(said.text().stderr).toContain("completes the rotation that was begun before: postgresPassword");
      expect(world.generated).toBe(1);
      expect(seen("postgresPassword")).toEqual(["v1:new1 v1:x used", "v1:new1 - ended"]);
      expect(stateIn(text(), "postgresPassword")).toBe("v1:new1 - -");
    },
  );

  it("uses the new value that a run has made which ended right after", async () => {
    writeFileSync(file(), `${stackText}  backline:rotation: {redisPassword: {other: {secure: v1:made}}}\n`);
    await run("redisPassword");
    expect(world.generated).toBe(0);
    expect(seen("redisPassword")).toEqual(["v1:made v1:x used", "v1:made - ended"]);
  });

  it("leaves an old signing key alone until what it has signed is over, then takes it away", async () => {
    await run("jwtSecret");
    await expect(run("jwtSecret", new Date("2030-01-31T12:44:59Z"))).rejects.toThrow(
      "jwtSecret was rotated a moment ago: what the one before has signed is accepted until 2030-01-31T12:45:00Z",
    );
    expect(world.updates).toHaveLength(2);
    await run("jwtSecret", new Date("2030-01-31T12:45:00Z"));
    expect(seen("jwtSecret").slice(2)).toEqual(["v1:new1 - ended"]);
    expect(stateIn(text(), "jwtSecret")).toBe("v1:new1 - -");
  });

  it.each([
    ["redisPasword", 'secrets: there is no secret "redisPasword"; did you mean "redisPassword"?'],
    [
      "nameKey",
      "secrets.nameKey: is not rotated: it protects no access, and a new one would rename every file and restart the stores",
    ],
    [
      "stripe.webhookSecret",
      `stripe.webhookSecret: comes from Stripe and cannot be rotated here; get a new one there and set it: eval "$(./backline env qa)" && pulumi config set --secret --path 'backline:stripe.webhookSecret', then ./backline up qa`,
    ],
  ])("refuses %s as bad input, and touches nothing", async (name, message) => {
    const content = `${stackText}  backline:stripe: {webhookSecret: {secure: v1:x}}\n`;
    writeFileSync(file(), content);
    await expect(run(name)).rejects.toMatchObject({
      name: "InputError",
      message: `Pulumi.qa.yaml: ${message}`,
    });
    expect([text(), world.updates]).toEqual([content, []]);
  });

  it("refuses where nothing is deployed, and where it would ask and nobody can answer", async () => {
    world.containers = 0;
    await expect(run()).rejects.toThrow("nothing of the stack qa is deployed");
    const asking = rotate({ root: world.root, stack: "qa", yes: false });
    await expect(asking).rejects.toThrow("secrets rotate asks before it changes anything");
    expect([text(), world.generated]).toEqual([stackText, 0]);
  });
});
