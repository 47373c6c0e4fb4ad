import { join } from "node:path";
import { InputError } from "../../components/shared/errors";
import { checkStackName } from "../../stacks/settings/checks";

/** The checkout that this program belongs to. */
export const projectRoot = join(import.meta.dirname, "..", "..");

/** Where Backline keeps what belongs to one checkout and is not committed. */
export const projectPaths = (root: string) => {
  const own = join(root, ".backline");
  return {
    own,
    /** Backend of the state where the user has not set another one. */
    state: join(own, "state"),
    passphrases: join(own, "passphrases"),
    passphrase: (stack: string) => join(own, "passphrases", stack),
    toolchain: join(own, "toolchain.json"),
    lock: (stack: string) => join(own, "locks", `${stack}.json`),
    temporary: join(own, "tmp"),
    /** What is known of this checkout's ephemeral stacks, a file for each. */
    ephemerals: join(own, "ephemeral"),
    ephemeral: (stack: string) => join(own, "ephemeral", `${stack}.json`),
    /** What belongs to one stack: the certificate of its authority. */
    ofStack: (stack: string) => join(own, stack),
    /** Keys of the sandbox hosts, a folder for each. */
    sandboxes: join(own, "sandboxes"),
    /** State file of a stack in the default backend. */
    stackState: (stack: string) => join(own, "state", ".pulumi", "stacks", "backline", `${stack}.json`),
    /** Everything else that the default backend keeps of a stack. */
    stackHistory: (stack: string) =>
      ["history", "backups"].map((kind) => join(own, "state", ".pulumi", kind, "backline", stack)),
    /** Folder of the engine's own locks of a stack in the default backend. */
    stackLocks: (stack: string) => join(own, "state", ".pulumi", "locks", "organization", "backline", stack),
  };
};

/** The name as it is, or an InputError: it becomes part of file and container names. */
export function stackName(text: string): string {
  const [problem] = checkStackName(text);
  if (problem !== undefined) throw new InputError([{ ...problem, file: "" }]);
  return text;
}
