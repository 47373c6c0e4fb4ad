import { availableParallelism, totalmem } from "node:os";
import { OperationError } from "../../components/shared/errors";
import { createProgress } from "../../toolchain";
import { ensureEngine, inspectEngine, planEngine } from "../../toolchain/docker/engine";
import { obstacle } from "../../toolchain/docker/plan";
import type { EngineState } from "../../toolchain/docker/state";
import { listSandboxes, planSandboxImage, startSandbox, stopSandbox } from "../../toolchain/sandbox";
import { ensureSsh, planSsh } from "../../toolchain/ssh";
import { ask, requireAnswer } from "./ask";
import { consent } from "./install";
import { projectPaths, projectRoot } from "./project";
import { describeSandbox, renderList, renderSandbox } from "./sandbox-text";
import { print, printJson, say } from "./say";

const folder = projectPaths(projectRoot).sandboxes;

/** Starts a sandbox, or finds it running, and prints how to reach it. */
export async function start(
  name: string,
  { yes, json }: { readonly yes: boolean; readonly json: boolean },
): Promise<void> {
  const engine = await inspectEngine();
  refuseElsewhere(engine);
  const reason = obstacle(engine);
  if (reason !== undefined) throw new OperationError(reason);
  const sentences = [...planSsh(), ...planEngine(engine), ...(await planSandboxImage())];
  if (sentences.length > 0) requireAnswer("host sandbox start", yes);
  await consent({ sentences }, { yes, ask, say });
  const progress = createProgress();
  await ensureSsh(progress);
  await ensureEngine(progress);
  const sandbox = await startSandbox({ progress, name, checkout: projectRoot, folder });
  const described = describeSandbox(sandbox, { memory: totalmem(), cpus: availableParallelism() });
  if (json) printJson(described);
  else print(renderSandbox(described));
}

/** Removes a sandbox and everything on it. One that does not exist counts as removed. */
export async function stop(name: string, json: boolean): Promise<void> {
  await requireDocker();
  const removed = await stopSandbox(createProgress(), folder, name);
  if (json) printJson({ name, removed });
  else print(removed ? `The sandbox "${name}" is gone.` : `There is no sandbox "${name}".`);
}

/** Prints the sandboxes on this machine. */
export async function list(json: boolean): Promise<void> {
  await requireDocker();
  const sandboxes = await listSandboxes();
  if (json) printJson(sandboxes);
  else print(renderList(sandboxes));
}

async function requireDocker(): Promise<void> {
  const engine = await inspectEngine();
  refuseElsewhere(engine);
  if (!engine.reachable)
    throw new OperationError(`Docker does not answer at ${engine.endpoint}: ${engine.reason ?? ""}`);
}

/** A sandbox has an address on a bridge of the machine that Docker runs on, and nobody else reaches it. */
function refuseElsewhere({ endpoint }: EngineState): void {
  if (endpoint.startsWith("unix://")) return;
  throw new OperationError(
    `a sandbox can be reached only from the machine that Docker runs on, and Docker is at ${endpoint}; unset DOCKER_HOST and run \`docker context use default\``,
  );
}
