import { createHash } from "node:crypto";
import { commandLine } from "./shell";

/** How a host is reached over SSH. Private keys stay where `ssh` finds them: they are never read here. */
export interface SshAccess {
  readonly address: string;
  /** Who signs in, once the host is prepared. */
  readonly user: string;
  readonly port: number;
  /** The host's pinned key, `ssh-ed25519 AAAA...`; no other is accepted. */
  readonly hostKey: string | undefined;
  /** Path of the private key's file on the machine that runs Pulumi. Undefined: the agent's, or `ssh`'s own choice. */
  readonly identityFile: string | undefined;
  /** Who signs in, and where, until `user` may: root, or a user with sudo. */
  readonly first: { readonly user: string; readonly port: number };
}

/**
 * - `shared`: as `user`, over the one connection that all commands and the Docker provider share.
 * - `fresh`: as `user`, over a new connection, which proves that one can be made.
 * - `first`: as `first.user`, over a connection that is shared as well.
 */
export type SshConnection = "shared" | "fresh" | "first";

const userAndPort = (access: SshAccess, connection: SshConnection): { user: string; port: number } =>
  connection === "first" ? access.first : access;

/** Path of a shared connection's socket; another key or another way to sign in is another connection. */
export function controlPath(access: SshAccess, connection: SshConnection): string {
  const { address, hostKey, identityFile } = access;
  const { user, port } = userAndPort(access, connection);
  const what = JSON.stringify([address, user, port, hostKey, identityFile]);
  return `~/.ssh/backline-${createHash("sha256").update(what).digest("hex").slice(0, 16)}`;
}

/** Options of `ssh`, as words. What the user's own configuration says about a host (a jump host, say) holds too. */
export function sshOptions(access: SshAccess, connection: SshConnection): string[] {
  const { hostKey, identityFile } = access;
  const options = [
    "BatchMode=yes",
    `ConnectTimeout=${connection === "fresh" ? 5 : 10}`,
    "ServerAliveInterval=10",
    "ServerAliveCountMax=3",
    ...(identityFile === undefined ? [] : [`IdentityFile=${identityFile}`, "IdentitiesOnly=yes"]),
    "StrictHostKeyChecking=yes",
    "UserKnownHostsFile=/dev/null",
    "GlobalKnownHostsFile=/dev/null",
    // The pinned key without a file that would have to be there: `%H` is the name that is looked for.
    ...(hostKey === undefined
      ? []
      : [`KnownHostsCommand=/bin/echo %H ${hostKey}`, `HostKeyAlgorithms=${hostKeyAlgorithms(hostKey)}`]),
    ...(connection === "fresh"
      ? ["ControlMaster=no", "ControlPath=none"]
      : ["ControlMaster=auto", `ControlPath=${controlPath(access, connection)}`, "ControlPersist=60s"]),
  ];
  return options.flatMap((option) => ["-o", option]);
}

/** With another algorithm the host would show a key that nobody pinned. */
function hostKeyAlgorithms(hostKey: string): string {
  const [kind = ""] = hostKey.split(" ");
  return kind === "ssh-rsa" ? "rsa-sha2-512,rsa-sha2-256" : kind;
}

/** The words of an `ssh` command that runs `words` on the host, or of one to append words to. */
export function sshCommand(access: SshAccess, connection: SshConnection, ...words: string[]): string[] {
  const { user, port } = userAndPort(access, connection);
  const where = ["-T", "-p", String(port), "-l", user, access.address];
  return ["ssh", ...sshOptions(access, connection), ...where, ...words];
}

/** Names that the operator reads: `ops@203.0.113.10:22`. */
export function sshDestination(access: SshAccess, connection: SshConnection): string {
  const { user, port } = userAndPort(access, connection);
  return `${user}@${access.address}:${port}`;
}

/** What marks a sentence for the operator in what a script prints. */
export const sentenceMark = "backline:";

/** Exit code of a script that could not do its work; its last line on standard error is the sentence that says why. */
export const refusal = 4;

/** Shell function: `refuse <sentence>` ends a script with a sentence for the operator. */
export const refuse = `refuse() { printf '%s\\n' "${sentenceMark} $1" >&2; exit ${refusal}; }`;

/**
 * Functions for scripts that run on the machine that runs Pulumi.
 * - `on_host` runs a command over the shared connection, `on_host_anew` over a new one, `on_host_first` as the first user.
 * - `reach <one of them>` waits for a connection where waiting can help, and leaves ssh's words in `$answer`.
 * - `last_line <words>` prints the last of them.
 * - `unreachable <destination>` ends the script with what `$answer` means, `refuse <sentence>` with a sentence.
 */
export function sshFunctions(access: SshAccess): string {
  const define = (name: string, connection: SshConnection): string =>
    `${name}() { ${commandLine(sshCommand(access, connection))} "$@"; }`;
  return [
    // It holds the shared connection's socket.
    "mkdir -p -m 0700 ~/.ssh",
    define("on_host", "shared"),
    define("on_host_anew", "fresh"),
    define("on_host_first", "first"),
    "reach() {",
    "  for pause in 1 2 4 0; do",
    '    if answer=$("$@" true 2>&1 < /dev/null); then return 0; fi',
    '    case "$answer" in *"Permission denied"*|*"verification failed"*|*"not resolve"*|*"timed out"*|*"No route"*) return 1 ;; esac',
    "    sleep $pause",
    "  done",
    "  return 1",
    "}",
    refuse,
    // What stands before it can be a page of warnings; ssh ends its lines as terminals do.
    `last_line() { printf '%s' "$1" | tr -d '\\r' | tail -n 1; }`,
    "unreachable() {",
    '  said=$(last_line "$answer")',
    '  case "$answer" in',
    `    *"verification failed"*) refuse "$1 shows another key than host.hostKey; if the host was built anew, run ./backline host trust, and if not, somebody may stand in between" ;;`,
    `    *"Permission denied"*) refuse "$1 does not let this key in ($said); load the right one into the SSH agent or name it in host.identityFile" ;;`,
    `    *) refuse "there is no SSH connection to $1 ($said); see whether the host is up and host.address and host.port are right" ;;`,
    "  esac",
    "}",
  ].join("\n");
}

/** As part of a URL. */
export const urlHost = (address: string): string => (address.includes(":") ? `[${address}]` : address);
