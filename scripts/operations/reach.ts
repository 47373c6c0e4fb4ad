import { InputError, OperationError } from "../../components/shared/errors";
import type { SshAccess } from "../../components/shared/ssh";
import { connect, connectToDeploy } from "../../stacks/connection";
import { sshAccess } from "../../stacks/host";
import { stackFile } from "../../stacks/settings/load-file";
import { missingOf } from "../../stacks/settings/missing";
import type { Settings } from "../../stacks/settings/settings";
import { findProgram } from "../../toolchain/docker/programs";
import { type DockerTarget, dockerTarget } from "./docker";

/** How the stack's host is reached. @throws InputError where it is this machine. */
export function requireHost(settings: Settings): SshAccess {
  const access = sshAccess(settings);
  if (access !== undefined) return access;
  throw new InputError([
    {
      code: "host",
      file: stackFile(settings.stack),
      path: "host.address",
      message: `is not set: the stack ${settings.stack} runs on this machine's Docker, which is left as it is; write the address of a host`,
    },
  ]);
}

/** @throws OperationError where a program of OpenSSH's is missing. */
export function requireProgram(name: "ssh" | "ssh-keyscan"): void {
  if (findProgram(name) !== undefined) return;
  throw new OperationError(
    `there is no ${name} on PATH, which reaches the host; install the package openssh-client`,
  );
}

/** @throws InputError where settings are missing that a connection needs, or with `deploy` those that a deploy does. */
export function requireSettings(settings: Settings, purpose: "connection" | "deploy"): void {
  const missing = missingOf(settings).filter(({ path }) => purpose === "deploy" || path === "host.hostKey");
  if (missing.length > 0)
    throw new InputError(missing.map((finding) => ({ ...finding, file: stackFile(settings.stack) })));
}

/**
 * The Docker of a stack, after a connection to its host was made: a host that does not answer is one sentence. Before a
 * deploy, also whether the settings would lock the operator out.
 */
export async function reach(settings: Settings, purpose: "look" | "deploy" = "look"): Promise<DockerTarget> {
  if (sshAccess(settings) === undefined) return dockerTarget(settings);
  requireProgram("ssh");
  requireSettings(settings, "connection");
  return dockerTarget(settings, await (purpose === "look" ? connect(settings) : connectToDeploy(settings)));
}
