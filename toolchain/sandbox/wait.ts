import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { OperationError } from "../../components/shared/errors";
import { ask } from "../docker/run";
import type { Report } from "../progress";
import { findSandbox } from "./find";
import { resourceName } from "./names";

const timeoutSeconds = 120;
const pollMilliseconds = 250;

export interface Ready {
  readonly address: string;
  /** This machine's address on the sandbox's network. */
  readonly gateway: string | undefined;
  /** Units that systemd could not start. */
  readonly failedUnits: readonly string[];
}

/** Waits until systemd has started everything and the SSH server answers. */
export async function waitForSandbox(name: string, report: Report): Promise<Ready> {
  const end = performance.now() + timeoutSeconds * 1000;
  let missing = "it has not started";
  while (performance.now() < end) {
    const sandbox = await findSandbox(name);
    if (sandbox?.state !== "running") missing = `its container is ${sandbox?.state ?? "gone"}`;
    else {
      const state = await systemState(name);
      if (!isUp(state)) missing = `systemd says "${state}"`;
      else if (sandbox.address === undefined) missing = "it has no address";
      else if (!(await answersSsh(sandbox.address))) missing = `no SSH server answers at ${sandbox.address}`;
      else
        return {
          address: sandbox.address,
          gateway: sandbox.gateway,
          failedUnits: state === "degraded" ? await failedUnits(name) : [],
        };
    }
    report(missing);
    await sleep(pollMilliseconds);
  }
  throw new OperationError(
    `the sandbox "${name}" is not up after ${timeoutSeconds} s: ${missing}; look with \`docker exec ${resourceName(name)} journalctl --boot\`, and ./backline host sandbox stop ${name} removes it`,
  );
}

/** Whether systemd has finished, with or without failures. */
export const isUp = (state: string): boolean => state === "running" || state === "degraded";

async function systemState(name: string): Promise<string> {
  // Exits with 1 for every state but "running".
  const asked = await ask(["docker", "exec", resourceName(name), "systemctl", "is-system-running"], 30);
  return asked.stdout || asked.stderr;
}

async function failedUnits(name: string): Promise<string[]> {
  const command = ["systemctl", "list-units", "--failed", "--plain", "--no-legend", "--no-pager"];
  const listed = await ask(["docker", "exec", resourceName(name), ...command], 30);
  return parseUnits(listed.stdout);
}

/** The first word of each line. */
export const parseUnits = (text: string): string[] =>
  text.split("\n").flatMap((line) =>
    line
      .trim()
      .split(/\s+/, 1)
      .filter((unit) => unit !== ""),
  );

/** Whether something at port 22 greets like an SSH server. */
async function answersSsh(address: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host: address, port: 22, timeout: 3000 });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("data", (greeting) => end(greeting.toString("latin1").startsWith("SSH-2.0-")));
    socket.once("error", () => end(false));
    socket.once("timeout", () => end(false));
    socket.once("close", () => end(false));
  });
}
