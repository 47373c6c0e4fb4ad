import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { engineMark } from "../../../scripts/operations/orphaned-engine";
import { projectPaths } from "../../../scripts/operations/project";
import { withStackLock } from "../../../scripts/operations/stack-lock";

describe("an engine that works on", () => {
  let root: string;
  let engine: ChildProcess | undefined;
  const said: string[] = [];

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "backline-orphan-"));
    vi.stubEnv("PULUMI_BACKEND_URL", undefined);
    said.length = 0;
    vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
  });
  afterEach(() => {
    engine?.kill("SIGKILL");
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    rmSync(root, { recursive: true, force: true });
  });

  /** An engine that holds the stack until it is killed. */
  function start(marks: Readonly<Record<string, string>>): number {
    engine = spawn("tail", ["-f", "/dev/null"], { env: { PATH: process.env.PATH, ...marks } });
    const { pid } = engine;
    if (pid === undefined) throw new Error("tail did not start");
    const path = join(projectPaths(root).stackLocks("dev"), "one.json");
    mkdirSync(dirname(path), { recursive: true });
    const timestamp = new Date().toISOString();
    writeFileSync(path, JSON.stringify({ pid, username: "ada", hostname: hostname(), timestamp }));
    return pid;
  }

  const deadProcess = (): string => execFileSync("sh", ["-c", "echo $$"], { encoding: "utf8" }).trim();
  const take = (): Promise<string> => withStackLock(root, "dev", "up dev", async () => "done");

  it.each([
    ["has ended", () => `${deadProcess()} some boot 17`],
    ["has ended, and whose number another process has", () => `${process.pid} another boot 17`],
  ])("while the run that started it %s, is waited for", async (_how, mark) => {
    const pid = start({ BACKLINE_RUN: mark() });
    const taken = take();
    await expect
      .poll(() => said.join(""))
      .toContain(
        `an earlier run was killed, and its engine still works on the stack dev (process ${pid}): waiting for its end; kill ${pid} ends it at once\n`,
      );
    engine?.kill("SIGKILL");
    expect(await taken).toBe("done");
    expect(said.at(-1)).toBe(`removed the lock of process ${pid}, which no longer runs\n`);
  });

  it.each([
    ["for a run that lives", engineMark],
    ["for plain pulumi", () => ({})],
  ])("%s keeps the stack, and the next run is refused at once", async (_whose, marks) => {
    const pid = start(marks());
    await expect(take()).rejects.toThrow(
      `the stack dev is in use: ada@${hostname()} works on it (process ${pid}, since`,
    );
  });
});
