import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OperationError } from "../../../components/shared/errors";
import { projectPaths } from "../../../scripts/operations/project";
import { describeHolder, isAlive, withStackLock } from "../../../scripts/operations/stack-lock";

/** The id of a process that has ended. */
const deadProcess = (): number => Number(execFileSync("sh", ["-c", "echo $$"], { encoding: "utf8" }));

const holder = (pid: number, machine = hostname()) => ({
  pid,
  username: "ada",
  hostname: machine,
  timestamp: "2030-01-31T12:00:00.123Z",
});

describe("a stack's lock", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "backline-lock-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const engineLock = (content: object): string => {
    const path = join(projectPaths(root).stackLocks("dev"), "one.json");
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(content));
    return path;
  };

  it("answers what the work answers, and can be taken again", async () => {
    expect(await withStackLock(root, "dev", "up dev", async () => 1)).toBe(1);
    expect(await withStackLock(root, "dev", "up dev", async () => 2)).toBe(2);
  });

  it("refuses a second run at once and names the first", async () => {
    const second = withStackLock(root, "dev", "up dev", () =>
      withStackLock(root, "dev", "destroy dev", async () => "done"),
    );
    await expect(second).rejects.toThrow(OperationError);
    await expect(second).rejects.toThrow(
      new RegExp(
        `^the stack dev is in use: \\S+@${hostname()} runs "up dev" \\(process ${process.pid}, since [\\dT:-]+Z\\); wait for it and run the command again$`,
      ),
    );
  });

  it("leaves other stacks alone", async () => {
    const both = withStackLock(root, "dev", "up dev", () =>
      withStackLock(root, "staging", "up staging", async () => "done"),
    );
    expect(await both).toBe("done");
  });

  it("of a run that was killed is taken over", async () => {
    const { lock } = projectPaths(root);
    mkdirSync(`${lock("dev")}.lock`, { recursive: true });
    writeFileSync(lock("dev"), JSON.stringify(holder(deadProcess())));
    expect(await withStackLock(root, "dev", "up dev", async () => "done")).toBe("done");
  });

  it("removes the engine's lock of a process that has ended", async () => {
    const path = engineLock(holder(deadProcess()));
    await withStackLock(root, "dev", "up dev", async () => expect(existsSync(path)).toBe(false));
  });

  it("respects the engine's lock of a process that runs, here or elsewhere", async () => {
    const path = engineLock(holder(process.pid));
    const run = () => withStackLock(root, "dev", "up dev", async () => "done");
    await expect(run()).rejects.toThrow(
      `the stack dev is in use: ada@${hostname()} works on it (process ${process.pid}, since 2030-01-31T12:00:00Z)`,
    );
    engineLock(holder(deadProcess(), "elsewhere"));
    await expect(run()).rejects.toThrow("the stack dev is in use: ada@elsewhere works on it");
    expect(existsSync(path)).toBe(true);
  });
});

describe("a holder", () => {
  it("is described with its command where that is known", () => {
    expect(describeHolder({ ...holder(7, "host"), command: "up dev" })).toBe(
      'ada@host runs "up dev" (process 7, since 2030-01-31T12:00:00Z)',
    );
  });

  it("is alive if its process is, and if it is elsewhere", () => {
    expect(isAlive(holder(process.pid))).toBe(true);
    expect(isAlive(holder(deadProcess()))).toBe(false);
    expect(isAlive(holder(deadProcess(), "elsewhere"))).toBe(true);
  });
});
