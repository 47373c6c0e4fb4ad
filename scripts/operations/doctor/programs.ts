import { execa } from "execa";
import { findProgram } from "../../../toolchain/docker/programs";
import { isOlder } from "../../../toolchain/go-build";
import { versions } from "../../../toolchain/versions";
import { type Finding, fail, ok, warn } from "./finding";

const oldestNode = "20.19.0";

async function versionOf(program: string, ...args: string[]): Promise<string | undefined> {
  const answer = await execa(program, args, { reject: false, stdin: "ignore", timeout: 10_000 });
  return answer.exitCode === 0 ? answer.stdout.trim().split("\n")[0] : undefined;
}

export function checkNode(version = process.versions.node): Finding {
  return isOlder(version, oldestNode)
    ? fail("Node.js", version, `install Node.js ${oldestNode} or later (https://nodejs.org)`)
    : ok("Node.js", version);
}

export async function checkNpm(): Promise<Finding> {
  const version = await versionOf("npm", "--version");
  return version === undefined
    ? fail("npm", "not on PATH", "install npm, for most systems with Node.js (https://nodejs.org)")
    : ok("npm", version);
}

/** Go is needed only to build tools from package registries. */
export async function checkGo(isNeeded: boolean): Promise<Finding> {
  const version = await versionOf("go", "env", "GOVERSION");
  const say = isNeeded ? fail : warn;
  const mend = `install Go ${versions.go} or later (https://go.dev/dl)${isNeeded ? "" : "; needed only to build tools from package registries"}`;
  if (version === undefined) return say("Go", "not on PATH", mend);
  return isOlder(version, versions.go) ? say("Go", version, mend) : ok("Go", version);
}

/** The first that takes the pinned key as an argument (8.5) and offers a key exchange that a hardened host takes (8.9). */
const oldestSsh = "8.9";

/** `9.2` of what `ssh -V` prints to standard error. */
async function sshVersion(): Promise<string | undefined> {
  const { stderr = "" } = await execa("ssh", ["-V"], { reject: false, stdin: "ignore", timeout: 10_000 });
  return /OpenSSH_(\d+\.\d+)/.exec(stderr)?.[1];
}

/** OpenSSH's programs are needed only for stacks whose host is another machine. */
export async function checkSsh(
  stacks: readonly string[],
  find: (name: string) => string | undefined = findProgram,
  findVersion = sshVersion,
): Promise<Finding[]> {
  if (stacks.length === 0) return [];
  const missing = ["ssh", "ssh-keygen", "ssh-keyscan"].filter((name) => find(name) === undefined);
  const whom = `for the ${stacks.length === 1 ? "host" : "hosts"} of ${stacks.join(", ")}`;
  if (missing.length > 0)
    return [
      warn("SSH", `no ${missing.join(", ")} on PATH`, `install the package openssh-client; needed ${whom}`),
    ];
  const version = await findVersion();
  return version !== undefined && isOlder(version, oldestSsh)
    ? [warn("SSH", `OpenSSH ${version}`, `use OpenSSH ${oldestSsh} or later; needed ${whom}`)]
    : [ok("SSH", `${version === undefined ? "there" : `OpenSSH ${version}`}, ${whom}`)];
}
