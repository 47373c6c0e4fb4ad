import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { describeHolder, isAlive, ownHolder } from "../../../scripts/operations/lock-holder";
import { exists, identify } from "../../../scripts/operations/process-identity";

/** The id of a process that has ended. */
const deadProcess = (): number => Number(execFileSync("sh", ["-c", "echo $$"], { encoding: "utf8" }));

const holder = (pid: number, machine = hostname()) => ({
  ...{ pid, username: "ada", hostname: machine, timestamp: "2030-01-31T12:00:00.123Z" },
});

describe("a holder", () => {
  it("is described with its command and age where they are known", () => {
    const now = new Date("2030-01-31T13:05:00Z");
    expect(describeHolder({ ...holder(7, "host"), command: "up dev" }, now)).toBe(
      'ada@host runs "up dev" (process 7, since 2030-01-31T12:00:00Z, 1h 4m ago)',
    );
    expect(describeHolder(holder(7, "host"), new Date("2030-01-31T11:00:00Z"))).toBe(
      "ada@host works on it (process 7, since 2030-01-31T12:00:00Z)",
    );
    expect(describeHolder({ ...holder(7, "host"), timestamp: "noon" }, now)).toBe(
      "ada@host works on it (process 7, since noon)",
    );
  });

  it("is alive if its process is, and if it is elsewhere", () => {
    expect(isAlive(holder(process.pid))).toBe(true);
    expect(isAlive(holder(deadProcess()))).toBe(false);
    expect(isAlive(holder(deadProcess(), "elsewhere"))).toBe(true);
  });

  it("is gone if another process has its number now", () => {
    expect(isAlive(ownHolder("up qa"))).toBe(true);
    expect(isAlive({ ...ownHolder("up qa"), identity: "another boot 17" })).toBe(false);
    // The engine's locks say nothing but the time: this process began after that.
    expect(isAlive({ ...holder(process.pid), timestamp: "2020-01-31T12:00:00Z" })).toBe(false);
    expect(isAlive({ ...holder(process.pid), timestamp: "unknown" })).toBe(true);
  });
});

describe("a process", () => {
  let child: ReturnType<typeof spawn> | undefined;
  afterEach(() => child?.kill("SIGKILL"));

  it("has an identity of its own, which stays, and a start", () => {
    const [mine, parent] = [identify(process.pid), identify(process.ppid)];
    expect(mine).toEqual(identify(process.pid));
    expect(mine?.identity).not.toBe(parent?.identity);
    const began = Date.now() - process.uptime() * 1000;
    expect(Math.abs((mine?.started.getTime() ?? 0) - began)).toBeLessThan(3_000);
    expect(identify(deadProcess())).toBeUndefined();
  });

  it("that has ended and was not waited for is none", async () => {
    // The shell becomes a program that never asks what came of its child.
    child = spawn("sh", ["-c", "sh -c 'echo $$; exit 0' & exec tail -f /dev/null"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const { stdout } = child;
    if (stdout === null) throw new Error("no pipe");
    const [said]: unknown[] = await once(stdout, "data");
    const zombie = Number(String(said).trim());
    await expect.poll(() => exists(zombie)).toBe(false);
    expect(() => process.kill(zombie, 0)).not.toThrow();
    expect(identify(zombie)).toBeUndefined();
  });
});
