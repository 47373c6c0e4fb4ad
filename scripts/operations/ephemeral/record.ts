import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { InputError, OperationError } from "../../../components/shared/errors";
import { stackFile } from "../../../stacks/settings/load-file";
import { hasStackFile } from "../check-stack";
import { projectPaths } from "../project";
import { isEphemeralName, stackOf } from "./names";

const time = z.iso.datetime();

/**
 * That an ephemeral stack exists, and until when. It is written before anything of the stack is made and removed after
 * everything of it is gone, so that whatever happens between the two, `reap` finds it. Holds no secret.
 */
export const ephemeralRecord = z.object({
  name: z.string().refine(isEphemeralName),
  created: time,
  until: time,
  /** Whether it was made to the end, test data included. */
  ready: z.boolean(),
  /** The checkout that made it, which has its state, and the machine that the checkout is on. */
  checkout: z.string(),
  machine: z.string(),
  /** Ports on the host. */
  ports: z.object({ http: z.number(), https: z.number() }),
  /** URL of each site. */
  urls: z.record(z.string(), z.string()),
  /** The keys of `host` in the stack's file: how the Docker that runs it is reached. */
  host: z.record(z.string(), z.unknown()),
  /** References of its third-party images: one of them is there before any file is written, and can remove the files. */
  images: z.array(z.string()),
});
export type EphemeralRecord = Readonly<z.output<typeof ephemeralRecord>>;

/** Writes a record in one step: whoever reads it meanwhile reads all of the old one or all of the new one. */
export function writeRecord(root: string, record: EphemeralRecord): void {
  const path = projectPaths(root).ephemeral(stackOf(record.name));
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const staging = `${path}.${process.pid}`;
  writeFileSync(staging, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(staging, path);
}

/** What a checkout knows of a stack, or undefined. @throws OperationError where the file cannot be understood. */
export function readRecord(root: string, name: string): EphemeralRecord | undefined {
  const path = projectPaths(root).ephemeral(stackOf(name));
  if (!existsSync(path)) return undefined;
  try {
    return ephemeralRecord.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    throw new OperationError(
      `.backline/ephemeral/${stackOf(name)}.json cannot be read; ./backline ephemeral destroy ${name} removes the stack all the same`,
    );
  }
}

/** Names of the stacks that a checkout knows of. */
export function recordedNames(root: string): string[] {
  const folder = projectPaths(root).ephemerals;
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((file) => /^eph-(.+)\.json$/.exec(file)?.[1] ?? [])
    .filter(isEphemeralName)
    .sort();
}

export function removeRecord(root: string, name: string): void {
  const { ephemerals } = projectPaths(root);
  if (!existsSync(ephemerals)) return;
  // Those too of a run that was killed while it wrote.
  for (const file of readdirSync(ephemerals))
    if (file.startsWith(`${stackOf(name)}.json`)) rmSync(join(ephemerals, file), { force: true });
}

/** Whether a checkout has made a stack and not removed it. */
export const hasRecord = (root: string, name: string): boolean =>
  existsSync(projectPaths(root).ephemeral(stackOf(name)));

/** A stack that somebody has made with `init` under such a name is none of ours. */
export function refuseOther(root: string, name: string): void {
  const stack = stackOf(name);
  if (!hasStackFile(root, stack) || hasRecord(root, name)) return;
  throw new InputError([
    {
      code: "ephemeral-name",
      file: stackFile(stack),
      path: "",
      message: `is there already and belongs to no ephemeral stack; choose another name, or remove that stack (./backline destroy ${stack}) and its file`,
    },
  ]);
}
