import { execa } from "execa";
import { isOlder } from "../../../toolchain/go-build";
import { versions } from "../../../toolchain/versions";
import { type Finding, fail, ok, warn } from "./finding";

const oldestNode = "20.12.0";

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
