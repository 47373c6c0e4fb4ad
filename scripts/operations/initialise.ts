import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { InputError, OperationError } from "../../components/shared/errors";
import { loadFromFile, stackFile } from "../../stacks/settings/load-file";
import { resolve } from "../../stacks/settings/resolve";
import type { Settings } from "../../stacks/settings/settings";
import { generatedSecrets } from "../../stacks/settings/system-secrets";
import { systemOf } from "../../stacks/systems";
import { encryption, hasStackFile, whyNotInitialised } from "./check-stack";
import { runPulumi } from "./engine";
import { hasOwnBackend, hasPassphrase } from "./environment";
import { type NewStack, newStackHeading, newStackValues } from "./new-stack";
import { projectPaths } from "./project";
import { writeGenerated } from "./secrets/file";
import { generate, randomText } from "./secrets/generate";
import type { Session } from "./session";
import { type StackValues, setStackValues } from "./stack-file";
import { readState } from "./state-file";

/**
 * Makes `Pulumi.<stack>.yaml` if there is none, and answers whether it did. Needs no engine. Throws an InputError if
 * the file, old or new, has mistakes.
 */
export function ensureStackFile(root: string, stack: string, options: NewStack = {}): boolean {
  if (hasStackFile(root, stack)) return false;
  const values = newStackValues(stack, options);
  setStackValues(root, stack, values, newStackHeading(checkNew(stack, values)));
  return true;
}

/** Nothing is written that `check` would refuse. */
function checkNew(stack: string, values: StackValues): Settings {
  const raw = { stack, file: stackFile(stack), values, plainSecrets: [] };
  const resolution = resolve(raw, { missing: "warn" });
  if (!resolution.ok) throw new InputError(resolution.errors);
  return resolution.settings;
}

export interface Initialised {
  /** What was made, in words; empty if everything was there. */
  readonly made: readonly string[];
}

/**
 * Gives a stack what it needs before its first `up`: a backend folder, a passphrase, its entry in the state, and every
 * secret that is missing. What is there stays as it is.
 */
export async function initialise(session: Session): Promise<Initialised> {
  const { root, stack } = session;
  const made: string[] = [];
  if (encryption(root, stack) === "locked") throw new OperationError(whyNotInitialised(root, stack));
  if (!hasPassphrase(root, stack) && !usesOtherProvider(root, stack)) forgetState(session);
  if (ensurePassphrase(root, stack))
    made.push(`a passphrase in .backline/passphrases/${stack}: keep a copy of it`);
  if (await ensureEntry(session)) made.push("the stack's entry in the state");
  const secrets = await ensureSecrets(session);
  if (secrets.length > 0) made.push(`secrets in ${stackFile(stack)}, encrypted: ${secrets.join(", ")}`);
  return { made };
}

function ensurePassphrase(root: string, stack: string): boolean {
  const paths = projectPaths(root);
  if (hasPassphrase(root, stack) || usesOtherProvider(root, stack)) return false;
  mkdirSync(paths.passphrases, { recursive: true, mode: 0o700 });
  writeFileSync(paths.passphrase(stack), `${randomText()}\n`, { mode: 0o600, flag: "wx" });
  return true;
}

/** A state whose passphrase is lost can be begun anew only if it holds nothing. */
function forgetState({ root, stack }: Session): void {
  const paths = projectPaths(root);
  if (hasOwnBackend(root) || !existsSync(paths.stackState(stack))) return;
  if (readState(root, stack)?.resources !== 0)
    throw new OperationError(
      `the state of the stack ${stack} holds resources, but its passphrase is not on this machine; put it into .backline/passphrases/${stack} (mode 0600) or set PULUMI_CONFIG_PASSPHRASE_FILE`,
    );
  for (const ending of ["", ".attrs", ".bak", ".bak.attrs"])
    rmSync(`${paths.stackState(stack)}${ending}`, { force: true });
}

/** Whether the secrets are kept by a key service, which needs no passphrase. */
const usesOtherProvider = (root: string, stack: string): boolean =>
  encryption(root, stack, {}) === "readable" && !existsSync(projectPaths(root).passphrase(stack));

async function ensureEntry(session: Session): Promise<boolean> {
  const { root, stack } = session;
  const paths = projectPaths(root);
  if (!hasOwnBackend(root)) {
    if (existsSync(paths.stackState(stack))) return false;
    mkdirSync(paths.state, { recursive: true, mode: 0o700 });
  } else if (await isKnown(session)) return false;
  await runPulumi(session, ["stack", "init", stack, "--no-select", "--non-interactive"], {
    what: "pulumi stack init",
  });
  return true;
}

/** Whether the backend knows the stack. */
export async function isKnown(session: Session): Promise<boolean> {
  const list: unknown = JSON.parse(
    await runPulumi(session, ["stack", "ls", "--json", "--non-interactive"], { what: "pulumi stack ls" }),
  );
  const isThis = (name: unknown): boolean =>
    typeof name === "string" && name.split("/").at(-1) === session.stack;
  return Array.isArray(list) && list.some((entry: unknown) => isThis(Object(entry).name));
}

/** Secrets of the stack's system that are not in its file, and that can be generated. */
export function missingSecrets(root: string, stack: string): string[] {
  const { values } = loadFromFile(root, stack);
  const system = systemOf(values);
  return system === undefined
    ? []
    : generatedSecrets(system).filter((name) => !Object.hasOwn(Object(values.secrets), name));
}

async function ensureSecrets(session: Session): Promise<readonly string[]> {
  const { root, stack } = session;
  const missing = missingSecrets(root, stack);
  for (const name of missing) await generate(session, `backline:secrets.${name}`);
  if (missing.length > 0) writeGenerated(root, stack, missing);
  return missing;
}
