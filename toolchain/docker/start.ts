import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { OperationError } from "../../components/shared/errors";
import { cacheRoot } from "../cache";
import type { Progress, Report } from "../progress";
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
  const script = 'log=$1; shift; exec setsid --fork "$@" >>"$log" 2>&1 </dev/null';
  const command = [daemon, ...daemonArguments(await readFile(configuration, "utf8").catch(() => "{}"))];
  await run([...prefix, "sh", "-c", script, "sh", log, ...command], { what: "Starting dockerd", report });
}

const configuration = "/etc/docker/daemon.json";

/**
 * Arguments of a daemon that is started without systemd, beside its own configuration file. Without live restore a new
 * daemon stops the containers that outlived a killed one, and leaves them stopped whatever their restart policy says.
 */
export function daemonArguments(configurationFile: string): string[] {
  // Said twice, it would keep the daemon from starting. So would a file that cannot be parsed, which the daemon tells.
  return configurationFile.includes('"live-restore"') ? [] : ["--live-restore"];
}

async function waitUntilAnswering(before: EngineState, report: Report): Promise<EngineState> {
  const start = performance.now();
  for (;;) {
    const state = await inspectEngine();
    // A daemon that answers "permission denied" is up; that is for the caller to tell.
    if (state.reachable || /permission denied/i.test(state.reason ?? "")) return state;
    const waited = (performance.now() - start) / 1000;
    if (waited > appearSeconds && !state.running) {
      throw new OperationError(`Docker Engine ended while it started: ${await lastWords(before)}`);
    }
    if (waited > startSeconds) {
      throw new OperationError(
        `Docker Engine did not answer within ${startSeconds} s: ${await lastWords(before)}`,
      );
    }
    report(state.reason ?? "");
    await sleep(pollMilliseconds);
  }
}

async function lastWords(state: EngineState): Promise<string> {
  if (state.systemd) return "see `journalctl -u docker`";
  const log = daemonLog();
  const lines = (await readFile(log, "utf8").catch(() => "")).trim().split("\n");
  const reason = lines.findLast((line) => /^(failed|unable) to /.test(line)) ?? lines.at(-1) ?? "";
  return `${reason} (log: ${log})`;
}
