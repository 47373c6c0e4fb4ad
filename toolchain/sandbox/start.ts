import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { OperationError } from "../../components/shared/errors";
import { run } from "../docker/run";
import { hostMirrors } from "../images/mirrors";
import { withLock } from "../lock";
import type { Progress } from "../progress";
import { type FoundSandbox, findSandbox, labelled } from "./find";
import { ensureSandboxImage } from "./image";
import { ensureKey, makeFolder, pinHostKey, type SandboxFiles, sandboxFiles, withoutComment } from "./key";
import { resourceName, sandboxLabel } from "./names";
import {
  containerCommand,
  controlGroupMounts,
  directResolvConf,
  networkCommand,
  volumeCommand,
} from "./plan";
import { waitForSandbox } from "./wait";

export interface StartSandbox {
  readonly progress: Progress;
  readonly name: string;
  /** The checkout that the key is kept in. */
  readonly checkout: string;
  /** Folder of all sandboxes' keys. */
  readonly folder: string;
}

/** A sandbox that runs. */
export interface Sandbox {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** `ssh-ed25519 AAAA...` */
  readonly hostKey: string;
  /** The line of the `.pub` file that belongs to the key in `files`. */
  readonly publicKey: string;
  /** Address that the sandbox sees this machine at, where Docker says it. */
  readonly gateway: string | undefined;
  readonly files: SandboxFiles;
  /** Whether this call made or started it. */
  readonly started: boolean;
  /** Units that systemd could not start. */
  readonly failedUnits: readonly string[];
}

/** Starts a sandbox, or finds it running, and waits until systemd and the SSH server are up. */
export async function startSandbox(options: StartSandbox): Promise<Sandbox> {
  const { progress, name, checkout, folder } = options;
  const files = sandboxFiles(folder, name);
  await makeFolder(folder);
  return await withLock(files.lock, async () => {
    const found = await findSandbox(name);
    if (found !== undefined && found.state !== "created")
      checkKey(found, checkout, existsSync(files.privateKey));
    const started = found?.state !== "running";
    if (found === undefined || found.state === "created") await make(options, files);
    if (started) await progress.task(`Sandbox ${name}: start`, () => docker(name, "start"));
    const { address, gateway, failedUnits } = await progress.task(
      `Sandbox ${name}: systemd and SSH`,
      (report) => waitForSandbox(name, report),
    );
    const read = ["cat", "/etc/ssh/ssh_host_ed25519_key.pub"];
    const hostKey = withoutComment(await docker(name, "exec", ...read));
    await pinHostKey(files, address, hostKey);
    const publicKey = (await readFile(files.publicKey, "utf8")).trim();
    const reached = { address, port: 22, user: "root", hostKey, publicKey, gateway };
    return { name, ...reached, files, started, failedUnits };
  });
}

/** Nobody but the checkout that made a sandbox has its key. */
export function checkKey(found: FoundSandbox, checkout: string, hasKey: boolean): void {
  const { name, checkout: owner } = found;
  if (owner !== checkout)
    throw new OperationError(
      `the sandbox "${name}" belongs to the checkout ${owner}, which has its key; choose another name`,
    );
  if (!hasKey)
    throw new OperationError(
      `the key of the sandbox "${name}" is gone; run ./backline host sandbox stop ${name}, and start it again`,
    );
}

/** Makes everything but a running system: key, network, volume and a container that knows the key. */
async function make({ progress, name, checkout }: StartSandbox, files: SandboxFiles): Promise<void> {
  const image = await ensureSandboxImage(progress);
  await ensureKey(files, name);
  const resolvConf = await writeResolvConf(files);
  await progress.task(`Sandbox ${name}: make`, async () => {
    const what = `Making the sandbox ${name}`;
    const label = `${sandboxLabel}=${name}`;
    // An earlier start may have been interrupted anywhere.
    for (const id of await labelled(["container", "ls", "--all"], label))
      await run(["docker", "container", "rm", "--force", id], { what });
    if ((await labelled(["network", "ls"], label)).length === 0) await run(networkCommand(name), { what });
    if ((await labelled(["volume", "ls"], label)).length === 0) await run(volumeCommand(name), { what });
    const controlGroups = controlGroupMounts(await readFile("/proc/mounts", "utf8"));
    await run(containerCommand({ name, image, checkout, controlGroups, resolvConf }), { what });
    const into = `${resourceName(name)}:/root/.ssh/authorized_keys`;
    await run(["docker", "cp", files.publicKey, into], { what });
    await copyProxy(files, name);
  });
}

/** The machine's own name servers, where a container reaches them. */
async function writeResolvConf(files: SandboxFiles): Promise<string | undefined> {
  // The second is systemd-resolved's, where the first names only the resolver on the loopback address.
  for (const path of ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"]) {
    const text = directResolvConf(await readFile(path, "utf8").catch(() => ""));
    if (text === undefined) continue;
    await writeFile(files.resolvConf, text, { mode: 0o644 });
    return files.resolvConf;
  }
  return undefined;
}

/** The HTTP proxy that the machine's apt uses, unless it listens on the machine's loopback address. */
async function copyProxy(files: SandboxFiles, name: string): Promise<void> {
  const { proxy } = await hostMirrors();
  if (proxy === undefined || /^http:\/\/(127\.|localhost|\[::1\])/.test(proxy)) return;
  const file = `${files.own}/apt-proxy`;
  await writeFile(file, `Acquire::http::Proxy "${proxy}";\n`, { mode: 0o644 });
  const into = `${resourceName(name)}:/etc/apt/apt.conf.d/proxy`;
  await run(["docker", "cp", file, into], { what: `Setting up apt of the sandbox ${name}` });
}

/** A command of Docker's on the sandbox's container. */
async function docker(name: string, verb: string, ...words: readonly string[]): Promise<string> {
  const what = `docker ${verb} of the sandbox ${name}`;
  return await run(["docker", verb, resourceName(name), ...words], { what, timeoutSeconds: 60 });
}
