import { execa } from "execa";
import { OperationError } from "../../components/shared/errors";
import { findProgram } from "./programs";
import { ask } from "./run";

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
