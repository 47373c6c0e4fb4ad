import { existsSync, readdirSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { OperationError } from "../../../components/shared/errors";
import { quote } from "../../../components/shared/shell";
import { taskWords } from "../../../components/shared/task";
import { stackFile } from "../../../stacks/settings/load-file";
import type { Way } from "../../../toolchain";
import { requireDocker } from "../destroy";
import {
  type DockerTarget,
  docker,
  listContainerIds,
  listImages,
  listNetworks,
  listVolumes,
} from "../docker";
import { runPulumi } from "../engine";
import { hasOwnBackend } from "../environment";
import { isKnown } from "../initialise";
import { describeHolder } from "../lock-holder";
import { projectPaths } from "../project";
import { openSession } from "../session";
import { presentHolder } from "../stack-lock";
import { removeVolumes, sweepAll } from "../sweep";
import { directoryOf, type Ephemeral, reachHost } from "./find";
import { removeLease } from "./lease";
import { stackOf } from "./names";
import { type EphemeralRecord, removeRecord, writeRecord } from "./record";

export interface RemoveOptions {
  readonly forced?: Way | undefined;
  /** Whether nothing is left to be removed from the host, because there is no host any more. Default false. */
  readonly hostIsGone?: boolean | undefined;
}

/**
 * Removes everything of an ephemeral stack, however far its creation came, for who holds the stack's lock. It goes by
 * the labels of what is there and asks neither the engine nor its state, which a killed run leaves behind the facts.
 * What says that the stack exists goes last, so that a removal that was cut short is finished by the next one.
 * @throws OperationError where something stays.
 */
export async function removeEphemeral(
  root: string,
  { record, here }: Ephemeral,
  { forced, hostIsGone = false }: RemoveOptions = {},
): Promise<readonly string[]> {
  const stack = stackOf(record.name);
  refuseBusy(root, record);
  const target = hostIsGone ? undefined : await reachHost(stack, record.host);
  if (target !== undefined) await requireDocker(target);
  const now = new Date();
  if (here && new Date(record.until) > now)
    writeRecord(root, { ...record, ready: false, until: now.toISOString() });
  const removed = target === undefined ? [] : await removeFromDocker(target, record);
  await forgetStack(root, stack, forced);
  if (target !== undefined) await removeLease(target, record.name);
  removeRecord(root, record.name);
  return removed;
}

async function removeFromDocker(target: DockerTarget, record: EphemeralRecord): Promise<string[]> {
  const removed = [...(await sweepAll(target))];
  await removeDirectory(target, directoryOf(record), record.images);
  const volumes = await removeVolumes(target);
  await requireNothing(target);
  return [...removed, ...(volumes.length > 0 ? [`${volumes.length} volumes`] : [])];
}

/** The lock of this checkout keeps nobody off who works in the one that made the stack. */
function refuseBusy(root: string, { name, checkout, machine }: EphemeralRecord): void {
  if (checkout === root || machine !== hostname()) return;
  const holder = presentHolder(checkout, stackOf(name));
  if (holder === undefined) return;
  throw new OperationError(
    `the stack ${stackOf(name)} is in use: ${describeHolder(holder)}; wait for it and run the command again`,
  );
}

/**
 * Removes the directory of the stack's files, as it was made: in a container that may. Third-party images come before
 * the first file and stay after the last container, so where none of them is there, there are no files.
 */
async function removeDirectory(
  target: DockerTarget,
  directory: string,
  images: readonly string[],
): Promise<void> {
  if (target.host?.installed === false) return;
  for (const image of images) {
    if (!(await isThere(target, image))) continue;
    await docker(
      target,
      taskWords({
        stack: target.stack,
        image,
        entrypoint: "/bin/sh",
        arguments: ["-euc", `rm -rf ${quote(`/files/${target.stack}`)}`],
        options: ["--network", "none", "--user", "0:0", "--volume", `${directory}:/files`],
        // As what wrote the files has it.
        capabilities: ["CHOWN", "DAC_OVERRIDE", "FOWNER", "NET_BIND_SERVICE"],
      }),
    );
    return;
  }
}

async function isThere(target: DockerTarget, image: string): Promise<boolean> {
  try {
    await docker(target, ["image", "inspect", "--format", "{{.Id}}", image]);
    return true;
  } catch {
    return false;
  }
}

/** An engine that was killed may have asked for one more thing, which Docker made after the look. */
async function requireNothing(target: DockerTarget): Promise<void> {
  const left = await Promise.all([
    listContainerIds(target),
    listNetworks(target),
    listImages(target),
    listVolumes(target),
  ]);
  const count = left.flat().length;
  if (count > 0)
    throw new OperationError(
      `${count} things of the stack ${target.stack} are there again after everything was removed; something still works on it; run the command again when it has ended`,
    );
}

/** Removes what the checkout has of a stack: its state, its passphrase, its file, its certificates. */
async function forgetStack(root: string, stack: string, forced: Way | undefined): Promise<void> {
  const paths = projectPaths(root);
  if (hasOwnBackend(root)) await forgetElsewhere(root, stack, forced);
  removeBeginningWith(paths.stackState(stack));
  for (const path of [
    ...paths.stackHistory(stack),
    paths.backups(stack),
    paths.stackLocks(stack),
    paths.passphrase(stack),
    paths.ofStack(stack),
    join(root, stackFile(stack)),
  ])
    rmSync(path, { recursive: true, force: true });
}

/** The state file with what the engine keeps beside it: copies, and the temporary files of one that was killed. */
function removeBeginningWith(path: string): void {
  const folder = dirname(path);
  if (!existsSync(folder)) return;
  for (const file of readdirSync(folder))
    if (file.startsWith(basename(path))) rmSync(join(folder, file), { force: true });
}

/** A state that the user keeps elsewhere is the engine's to remove. */
async function forgetElsewhere(root: string, stack: string, forced: Way | undefined): Promise<void> {
  const session = await openSession({ root, stack, forced });
  if (!(await isKnown(session))) return;
  await runPulumi(
    session,
    ["stack", "rm", stack, "--yes", "--force", "--preserve-config", "--non-interactive"],
    {
      what: "pulumi stack rm",
    },
  );
}
