import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { OperationError } from "../../components/shared/errors";
import { cacheRoot } from "../cache";
import type { Progress, Report } from "../progress";
import { processesNamed } from "./processes";
import { findProgram } from "./programs";
import { rootPrefix } from "./root";
import { run } from "./run";
import { type EngineState, inspectEngine } from "./state";

const startSeconds = 90;
const pollMilliseconds = 250;
/** How long a started daemon may take until its process is seen. */
const appearSeconds = 5;

/** Where a daemon that was started without systemd writes its log. */
export function daemonLog(): string {
  return join(cacheRoot(), "docker", "dockerd.log");
}

/** Starts the local daemon, unless one runs, and waits until it answers. */
export async function startEngine(state: EngineState, progress: Progress): Promise<EngineState> {
  const prefix = state.running ? [] : await rootPrefix("Starting Docker Engine");
  return progress.task("Docker Engine: start", async (report) => {
    if (!state.running) {
      if (state.systemd) await startWithSystemd(prefix, report);
      else await startDetached(prefix, progress, report);
    }
    return await waitUntilAnswering(state, report);
  });
}

async function startWithSystemd(prefix: readonly string[], report: Report): Promise<void> {
  const command = [...prefix, "systemctl", "enable", "--now", "docker"];
  await run(command, { what: "Starting Docker with systemctl", report });
}

async function startDetached(prefix: readonly string[], progress: Progress, report: Report): Promise<void> {
  const prepare = fileURLToPath(new URL("prepare.sh", import.meta.url));
  const done = await run([...prefix, "sh", prepare], {
    what: "Preparing the start of Docker Engine",
    report,
  });
  for (const line of done.split("\n")) if (line !== "") progress.note(`Docker Engine: ${line}`);

  const log = daemonLog();
  await mkdir(join(log, ".."), { recursive: true });
  const daemon = findProgram("dockerd") ?? "dockerd";
  // A session of its own: neither the end of this process nor Ctrl-C in its terminal reaches the daemon.
  const script = 'exec setsid --fork "$1" >>"$2" 2>&1 </dev/null';
  await run([...prefix, "sh", "-c", script, "sh", daemon, log], { what: "Starting dockerd", report });
}

async function waitUntilAnswering(before: EngineState, report: Report): Promise<EngineState> {
  for (let waited = 0; waited < startSeconds * 1000; waited += pollMilliseconds) {
    const state = await inspectEngine();
    // A daemon that answers "permission denied" is up; that is for the caller to tell.
    if (state.reachable || /permission denied/i.test(state.reason ?? "")) return state;
    const gone = waited > appearSeconds * 1000 && (await processesNamed("dockerd")).length === 0;
    if (gone) throw new OperationError(`Docker Engine ended while it started: ${await lastWords(before)}`);
    report(state.reason ?? "");
    await sleep(pollMilliseconds);
  }
  throw new OperationError(
    `Docker Engine did not answer within ${startSeconds} s: ${await lastWords(before)}`,
  );
}

async function lastWords(state: EngineState): Promise<string> {
  if (state.systemd) return "see `journalctl -u docker`";
  const text = await readFile(daemonLog(), "utf8").catch(() => "");
  const last = text.trim().split("\n").at(-1) ?? "";
  return last === "" ? "it wrote no log" : `${last} (log: ${daemonLog()})`;
}
