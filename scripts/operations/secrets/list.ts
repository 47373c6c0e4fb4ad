import { checkStack } from "../check-stack";
import { reportSecrets, type SecretReport } from "./report";

/** The secrets of a stack, without their values: what its file says without a passphrase. @throws InputError */
export function listSecrets(root: string, stack: string): SecretReport[] {
  checkStack(root, stack, { missing: "warn" });
  return reportSecrets(root, stack);
}
