import { execa } from "execa";
import { OperationError } from "../../components/shared/errors";
import { findProgram } from "./programs";
import { ask } from "./run";

/**
 * Whether this user can act as root. Asks nobody: where sudo wants a password, whether the user has the right shows only
 * once it was given.
 */
export async function rootAccess(): Promise<"yes" | "asks" | "no"> {
  if (process.getuid?.() === 0) return "yes";
  if (findProgram("sudo") === undefined) return "no";
  const { ok, stderr } = await ask(["sudo", "-n", "true"]);
  if (ok) return "yes";
  return /password is required|terminal is required/.test(stderr) ? "asks" : "no";
}

/**
 * What goes in front of a command that only root may run: nothing for root, else `sudo`, which asks for its password
 * here, before any progress is shown. Throws an OperationError where neither is to be had.
 */
export async function rootPrefix(purpose: string): Promise<readonly string[]> {
  if (process.getuid?.() === 0) return [];
  if (findProgram("sudo") === undefined) {
    throw new OperationError(`${purpose} needs root, and there is no sudo; run the command as root`);
  }
  if (!(await ask(["sudo", "-n", "true"])).ok) {
    const asked = await execa("sudo", ["-v"], { stdio: "inherit", reject: false });
    if (asked.failed) {
      throw new OperationError(`${purpose} needs root, and sudo refused; run the command as root`);
    }
  }
  return ["sudo"];
}
