import { InputError } from "../../components/shared/errors";
import { isSandboxName } from "../../toolchain/sandbox/names";

/** The name as it is, or an InputError: it becomes a host name and part of names of Docker's. */
export function sandboxName(text: string): string {
  if (isSandboxName(text)) return text;
  throw new InputError([
    {
      code: "sandbox-name",
      file: "",
      path: "",
      message: `${JSON.stringify(text)} cannot name a sandbox; write up to 30 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen`,
    },
  ]);
}
