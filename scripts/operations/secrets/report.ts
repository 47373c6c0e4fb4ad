/** What is told of a stack's secrets: everything but their values. */
import { loadFromFile } from "../../../stacks/settings/load-file";
import { givenSecretsOf } from "../../../stacks/settings/secret-keys";
import { type SecretDescription, type SystemDescription, systemOf } from "../../../stacks/systems";
import { table } from "../table";
import { catalogue, givenSecretPurposes, howToMake, howToSet } from "./catalogue";
import { readStates, rotationOf } from "./file";
import type { SecretState } from "./phases";

export interface SecretReport {
  /** Name below `secrets`, or the path of the key for a secret that somebody else has given out. */
  readonly name: string;
  readonly purpose: string;
  /** ISO 8601; null: not known. */
  readonly changed: string | null;
  /** Whether `secrets rotate` gives it a new value. */
  readonly rotatable: boolean;
  /** How it gets a new value. */
  readonly how: string;
  /** How far a rotation is that is under way; null: none is. */
  readonly phase: SecretState["phase"] | null;
  /** Until when the value before is accepted as well; null: it is not, or not known. */
  readonly until: string | null;
}

/** Every secret of a stack, in the order of the documentation. The stack's file has been checked. */
export function reportSecrets(root: string, stack: string): SecretReport[] {
  const { values } = loadFromFile(root, stack);
  const there = Object(values.secrets);
  const parts = readStates(root, stack)
    .filter(({ name }) => Object.hasOwn(there, name))
    .map((state) => reportPart(stack, state));
  const system = systemOf(values);
  const own = system === undefined ? [] : reportOwn(stack, values, system);
  const given = givenSecretsOf(values).map(({ path, pattern }): SecretReport => {
    const { purpose, from } = givenSecretPurposes[pattern];
    const how = `get a new one from ${from}: ${howToSet(stack, path)}`;
    return { name: path, purpose, changed: null, rotatable: false, how, phase: null, until: null };
  });
  return [...parts, ...own, ...given];
}

/** Those that a system declares. */
export function reportOwn(
  stack: string,
  values: Readonly<Record<string, unknown>>,
  { secrets = {} }: Pick<SystemDescription, "secrets">,
): SecretReport[] {
  const rotation = rotationOf(values);
  return Object.entries(secrets)
    .filter(([name]) => Object.hasOwn(Object(values.secrets), name))
    .map(([name, described]) => ({
      name,
      purpose: described.description,
      changed: rotation[name]?.changed ?? null,
      rotatable: false,
      how: howToChange(stack, name, described),
      phase: null,
      until: null,
    }));
}

/** How a secret that a system declares gets a new value. */
export const howToChange = (stack: string, name: string, { generated = false }: SecretDescription): string =>
  generated
    ? `only the system's services know what was made with it; for a new value: ${howToMake(stack, name)}`
    : `get a new one from whoever gave it out: ${howToSet(stack, `secrets.${name}`)}`;

function reportPart(stack: string, { name, changed, phase, until }: SecretState): SecretReport {
  const secret = catalogue[name];
  return {
    name,
    purpose: secret.purpose,
    changed: changed ?? null,
    rotatable: secret.way !== undefined,
    how: secret.way === undefined ? secret.reason : `./backline secrets rotate ${stack} ${name}`,
    phase: phase ?? null,
    until: until ?? null,
  };
}

const day = 86_400_000;

/** `2030-01-31 (12 days ago)` */
function age(changed: string | null, now: Date): string {
  if (changed === null) return "not known";
  const days = Math.floor((now.getTime() - Date.parse(changed)) / day);
  const ago = days <= 0 ? "today" : days === 1 ? "yesterday" : `${days} days ago`;
  return `${changed.slice(0, 10)} (${ago})`;
}

function rotation(stack: string, { name, rotatable, phase, until }: SecretReport): string {
  if (phase === "expiring") return `yes; the one before is accepted until ${until}`;
  if (phase !== null) return `under way; ./backline secrets rotate ${stack} ${name} completes it`;
  return rotatable ? "yes" : "no";
}

/** A table, and below it how the others get a new value. */
export function renderSecrets(stack: string, reports: readonly SecretReport[], now: Date): string {
  if (reports.length === 0) return `The stack ${stack} has no secrets yet: ./backline init ${stack}\n`;
  const rows = reports.map((report) => [
    report.name,
    report.purpose,
    age(report.changed, now),
    rotation(stack, report),
  ]);
  const others = reports.filter(({ rotatable }) => !rotatable).map(({ name, how }) => `${name}: ${how}\n`);
  return `${table(["SECRET", "WHAT IT IS", "CHANGED", "CAN BE ROTATED"], rows)}${others.length === 0 ? "" : "\n"}${others.join("")}`;
}
