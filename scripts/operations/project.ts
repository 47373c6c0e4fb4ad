import { join } from "node:path";
import { InputError } from "../../components/shared/errors";
import { checkStackName } from "../../stacks/settings/checks";

/** The checkout that this program belongs to. */
export const projectRoot = join(import.meta.dirname, "..", "..");

/** Where the engine keeps what it knows of a stack, in a backend that is a folder. */
export const backendPaths = (folder: string) => {
  const own = join(folder, ".pulumi");
  return {
    stackState: (stack: string) => join(own, "stacks", "backline", `${stack}.json`),
    /** Everything else that the backend keeps of a stack. */
    stackHistory: (stack: string) => ["history", "backups"].map((kind) => join(own, kind, "backline", stack)),
    /** States at the end of earlier updates. */
    stackCopies: (stack: string) => join(own, "backups", "backline", stack),
    /** Folder of the engine's own locks. */
    stackLocks: (stack: string) => join(own, "locks", "organization", "backline", stack),
  };
};

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
    /** Copies of the states of a stack and of its file, which commands make before they change anything. */
    backups: (stack: string) => join(own, "backups", stack),
    ...backendPaths(join(own, "state")),
  };
};

/** The name as it is, or an InputError: it becomes part of file and container names. */
export function stackName(text: string): string {
  const [problem] = checkStackName(text);
  if (problem !== undefined) throw new InputError([{ ...problem, file: "" }]);
  return text;
}
