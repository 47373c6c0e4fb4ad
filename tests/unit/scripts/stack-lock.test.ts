import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { OperationError } from "../../../components/shared/errors";
import { ownHolder } from "../../../scripts/operations/lock-holder";
import { projectPaths } from "../../../scripts/operations/project";
import { withStackLock } from "../../../scripts/operations/stack-lock";

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
    vi.stubEnv("PULUMI_BACKEND_URL", undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(root, { recursive: true, force: true });
  });

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
        `^the stack dev is in use: \\S+@${hostname()} runs "up dev" \\(process ${process.pid}, since [\\dT:-]+Z, \\d+s ago\\); wait for it and run the command again$`,
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

  /** A lock as a run leaves it that was killed; `touched` is when it last said that it lives, in s ago. */
  const leave = (content: string, touched: number): void => {
    const path = projectPaths(root).lock("dev");
    mkdirSync(`${path}.lock`, { recursive: true });
    writeFileSync(path, content);
    const then = Date.now() / 1000 - touched;
    utimesSync(`${path}.lock`, then, then);
  };

  const take = () => withStackLock(root, "dev", "up dev", async () => "done");

  it("of a run whose number another process has now is taken over", async () => {
    leave(JSON.stringify({ ...ownHolder("up dev"), identity: "another boot 17" }), 0);
    expect(await take()).toBe("done");
  });

  it("of a run on another host is respected as long as it says that it lives", async () => {
    leave(JSON.stringify(holder(deadProcess(), "elsewhere")), 0);
    await expect(take()).rejects.toThrow("the stack dev is in use: ada@elsewhere works on it (process");
    leave(JSON.stringify(holder(deadProcess(), "elsewhere")), 60);
    expect(await take()).toBe("done");
  });

  it("of a run that was stopped for a while stays its own", async () => {
    leave(JSON.stringify(ownHolder("up dev")), 60);
    await expect(take()).rejects.toThrow(`runs "up dev" (process ${process.pid}, since`);
  });

  it("that does not say readably whose it is, is not taken away, and names its file", async () => {
    leave('{"pid":', 0);
    await expect(take()).rejects.toThrow(
      `the stack dev is in use by a process that cannot be named, since ${projectPaths(root).lock("dev")} cannot be read; run the command again in 15 s`,
    );
    expect(existsSync(`${projectPaths(root).lock("dev")}.lock`)).toBe(true);
    leave('{"pid":', 60);
    expect(await take()).toBe("done");
  });

  it("of a killed run goes to one of many who want it", async () => {
    leave(JSON.stringify(holder(deadProcess())), 0);
    let working = 0;
    let most = 0;
    let finish = (): void => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const work = async (): Promise<void> => {
      most = Math.max(most, ++working);
      await finished;
      working--;
    };
    const ends: string[] = [];
    const runs = Array.from({ length: 8 }, () =>
      withStackLock(root, "dev", "up dev", work).then(
        () => ends.push("done"),
        (error: unknown) => ends.push(error instanceof OperationError ? "refused" : String(error)),
      ),
    );
    await expect.poll(() => ends, { timeout: 10_000 }).toEqual(Array(7).fill("refused"));
    finish();
    await Promise.all(runs);
    expect([ends.at(-1), most]).toEqual(["done", 1]);
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

  it("names the engine's lock of another host with the way to remove it", async () => {
    const path = engineLock(holder(deadProcess(), "elsewhere"));
    await expect(take()).rejects.toThrow(
      `wait for it and run the command again; if nothing runs there any more, remove its lock: rm ${path}`,
    );
  });

  it("does not remove an engine's lock that cannot be read, unless the machine was started since", async () => {
    const path = engineLock({});
    writeFileSync(path, "");
    await expect(take()).rejects.toThrow(
      new RegExp(
        `^the stack dev is locked, and nobody knows by whom: ${path}, made \\d+s ago, cannot be read; if no pulumi works on the stack, remove it: rm ${path}$`,
      ),
    );
    expect(existsSync(path)).toBe(true);
    utimesSync(path, 1_000_000_000, 1_000_000_000);
    expect(await take()).toBe("done");
    expect(existsSync(path)).toBe(false);
  });

  it("finds the engine's locks in a backend folder of the user's own", async () => {
    vi.stubEnv("PULUMI_BACKEND_URL", `file://${root}/mine`);
    const path = join(root, "mine", ".pulumi", "locks", "organization", "backline", "dev", "one.json");
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(holder(process.pid)));
    await expect(take()).rejects.toThrow(`the stack dev is in use: ada@${hostname()} works on it`);
  });
});
