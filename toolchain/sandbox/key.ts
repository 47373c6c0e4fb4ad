import { existsSync } from "node:fs";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { OperationError } from "../../components/shared/errors";
import { findProgram } from "../docker/programs";
import { run } from "../docker/run";

/** Where a checkout keeps what reaches one sandbox. */
export const sandboxFiles = (folder: string, name: string) => {
  const own = join(folder, name);
  return {
    own,
    lock: join(folder, `${name}.lock`),
    privateKey: join(own, "id_ed25519"),
    publicKey: join(own, "id_ed25519.pub"),
    /** The sandbox's host key, for SSH. */
    knownHosts: join(own, "known_hosts"),
    resolvConf: join(own, "resolv.conf"),
  };
};

export type SandboxFiles = ReturnType<typeof sandboxFiles>;

/** Only the owner may look at private keys. */
export const makeFolder = (folder: string) => mkdir(folder, { recursive: true, mode: 0o700 });

/** Makes the key pair that reaches a sandbox, if there is none. Throws an OperationError without `ssh-keygen`. */
export async function ensureKey(files: SandboxFiles, name: string): Promise<void> {
  await makeFolder(files.own);
  if (existsSync(files.privateKey) && existsSync(files.publicKey)) return;
  if (findProgram("ssh-keygen") === undefined)
    throw new OperationError(
      "there is no ssh-keygen on PATH, which makes the sandbox's key; install the package openssh-client",
    );
  await rm(files.privateKey, { force: true });
  const options = ["-q", "-t", "ed25519", "-N", "", "-C", `backline-sandbox-${name}`];
  await run(["ssh-keygen", ...options, "-f", files.privateKey], { what: "Making the sandbox's key" });
  // The copy inside the sandbox keeps the mode.
  await chmod(files.publicKey, 0o600);
}

/** Writes the sandbox's host key where `ssh` looks for it. */
export async function pinHostKey(files: SandboxFiles, address: string, hostKey: string): Promise<void> {
  await writeFile(files.knownHosts, `${address} ${hostKey}\n`, { mode: 0o600 });
}

/** `ssh-ed25519 AAAA...` of a public key file's text, without its comment. */
export const withoutComment = (publicKey: string): string => publicKey.trim().split(/\s+/, 2).join(" ");
