import { existsSync, readFileSync, rmSync } from "node:fs";
import { z } from "zod";
import { replaceFile } from "./durable";
import { localState } from "./local";

const commandType = "command:local:Command";

/** An input that no command of Backline's has: an update that takes it away runs the script. */
const mark = { BACKLINE_RUN_AGAIN: "true" };

const command = z.looseObject({
  urn: z.string(),
  inputs: z.looseObject({}),
  outputs: z.looseObject({}).optional(),
});
const document = z.looseObject({
  checkpoint: z.looseObject({
    latest: z
      .looseObject({
        resources: z.array(z.looseObject({ type: z.string() })).optional(),
        pending_operations: z.array(z.looseObject({})).optional(),
      })
      .nullish(),
  }),
});
const pending = z.looseObject({ resource: z.looseObject({ urn: z.string(), type: z.string() }) });

const read = (file: string): z.output<typeof document> =>
  document.parse(JSON.parse(readFileSync(file, "utf8")));

/** URNs of the commands that a killed run had begun: what they did, nobody knows. */
export function begunCommands(root: string, stack: string): ReadonlySet<string> {
  const file = localState(root, stack)?.file;
  if (file === undefined || !existsSync(file)) return new Set();
  const operations = read(file).checkpoint.latest?.pending_operations ?? [];
  const known = operations.flatMap((operation) => pending.safeParse(operation).data ?? []);
  return new Set(
    known.filter(({ resource }) => resource.type === commandType).map(({ resource }) => resource.urn),
  );
}

/**
 * Makes the next update run commands again although nothing about them has changed. A refresh looks at containers and
 * networks, but nobody can ask a command for what it has brought about: the configuration that a program has loaded, or
 * the files on the host. Only for who holds the stack's lock, while no engine runs.
 */
export function runAgain(root: string, stack: string, which: ReadonlySet<string> | "all"): void {
  const file = localState(root, stack)?.file;
  if (file === undefined || !existsSync(file) || (which !== "all" && which.size === 0)) return;
  const state = read(file);
  const { latest } = state.checkpoint;
  if (!latest?.resources) return;
  latest.resources = latest.resources.map((resource) => {
    const found = resource.type === commandType ? command.safeParse(resource).data : undefined;
    return found !== undefined && (which === "all" || which.has(found.urn))
      ? { ...resource, ...marked(found) }
      : resource;
  });
  replaceFile(file, `${JSON.stringify(state, undefined, 4)}\n`, 0o600);
  rmSync(`${file}.attrs`, { force: true });
}

const marked = ({ inputs, outputs }: z.output<typeof command>): object => ({
  inputs: { ...inputs, environment: mark },
  ...(outputs === undefined ? {} : { outputs: { ...outputs, environment: mark } }),
});
