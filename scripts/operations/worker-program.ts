import { execa } from "execa";
import { z } from "zod";
import { OperationError } from "../../components/shared/errors";
import type { Settings } from "../../stacks/settings/settings";
import { type DockerTarget, dockerCommand, listContainers, type StackContainer } from "./docker";
import { reach } from "./reach";

/** Where the operators' program is in the image of the worker: see stacks/bundles.ts. */
const program = "/app/operations.cjs";

const failure = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/**
 * Runs the operators' program in a container of the stack's worker, where the stores and their passwords are, and
 * answers what it prints. Throws an OperationError when no worker runs, or with the program's own sentence.
 */
export async function runInWorker<Schema extends z.ZodType>(
  settings: Settings,
  words: readonly string[],
  schema: Schema,
): Promise<z.infer<Schema>> {
  const services = settings.services.filter(({ source }) => source === "worker").map(({ name }) => name);
  if (services.length === 0)
    throw new OperationError(
      `the system ${settings.system} does not run Backline's own worker, in which this command works`,
    );
  const target = await reach(settings);
  const container = chooseWorker(await listContainers(target), services);
  if (container === undefined)
    throw new OperationError(
      `no worker of the stack ${settings.stack} runs; ./backline status ${settings.stack} says what does`,
    );
  return schema.parse(await runProgram(target, container, words));
}

/** The worker that started last among those that run, a healthy one first. */
export function chooseWorker(
  containers: readonly StackContainer[],
  services: readonly string[],
): StackContainer | undefined {
  const rank = ({ health, startedAt }: StackContainer): string =>
    `${health === "healthy" ? 1 : 0} ${startedAt}`;
  return containers
    .filter(({ service, state }) => services.includes(service) && state === "running")
    .sort((a, b) => (rank(a) < rank(b) ? 1 : -1))[0];
}

async function runProgram(
  target: DockerTarget,
  container: StackContainer,
  words: readonly string[],
): Promise<unknown> {
  const [command, ...args] = dockerCommand(target, ["exec", container.id, "node", program, ...words]);
  const { exitCode, stdout, stderr } = await execa(command, args, { reject: false, stdin: "ignore" });
  const answer = parsed(stdout);
  const refusal = failure.safeParse(answer);
  if (refusal.success) throw new OperationError(refusal.data.error.message);
  if (exitCode === 0 && answer !== undefined) return answer;
  if (/Cannot find module/.test(stderr))
    throw new OperationError(
      `the release that runs in ${container.name} is older than this command; deploy first: ./backline up ${target.stack}`,
    );
  throw new OperationError(
    `the command could not be run in ${container.name}: ${stderr.trim() || stdout.trim() || `exit code ${exitCode}`}`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
