import { Secret } from "../../components/shared/secret";
import type { SystemDescription } from "../systems";
import type { Finding } from "./checks";
import { suggestion } from "./problems";
import { encrypted } from "./secret-keys";
import { type SecretName, secretNames } from "./secret-names";
import type { Settings } from "./settings";
import { secretsOf, type WantedSecret } from "./system-secrets";

const placeholder = /^(change[-_ ]?me|password|secret|placeholder|todo|xxx+|example|default|test|<.*>)$/i;
export const isPlaceholder = (value: string): boolean => placeholder.test(value.trim());

/** Characters; a key for HS256 has to have as many bits as the hash. */
const shortest = (name: string): number => (name === "jwtSecret" ? 32 : 16);

/** What is wrong with the value of a secret, without the value; undefined where nothing is. */
export function secretFault(
  { name, generated }: Pick<WantedSecret, "name" | "generated">,
  value: string,
): Pick<Finding, "code" | "message"> | undefined {
  if (value.trim() === "") return { code: "empty-secret", message: "is empty" };
  if (isPlaceholder(value)) return { code: "placeholder-secret", message: "is a placeholder" };
  // What somebody else gave out has the form that they chose: a key in PEM form has many lines.
  if (!generated) return undefined;
  if (value.length < shortest(name))
    return { code: "short-secret", message: `is shorter than ${shortest(name)} characters` };
  if (/[\s\0]/.test(value))
    return { code: "secret-characters", message: "has a blank or a line break in it" };
  return undefined;
}

/** Stands in a preview for a secret that is not there. Nothing is deployed with it. */
const standIn = (name: string): string => `preview-only-${name}`;

const setSecret = (name: string) => `run: pulumi config set --secret --path 'backline:secrets.${name}'`;

export interface ResolvedSecrets {
  readonly secrets: Settings["secrets"];
  readonly systemSecrets: Settings["systemSecrets"];
  readonly errors: Finding[];
  readonly warnings: Finding[];
}

/**
 * Checks each secret without ever showing one. A missing secret is an error before a deploy. Before a preview it is a
 * warning, one for all, and the preview goes on with a stand-in that nothing is deployed with. Those of the system that
 * somebody has to give are `missingSystemSecrets`. Of an unknown system all that Backline's own parts have is checked.
 */
export function resolveSecrets(
  given: Readonly<Record<string, string | undefined>>,
  stack: string,
  missing: "error" | "warn",
  system: SystemDescription | undefined,
): ResolvedSecrets {
  const wanted =
    system === undefined
      ? secretNames.map((name) => ({ name, generated: true, description: undefined }))
      : secretsOf(system);
  const secretOf = (name: string): Secret => new Secret(given[name] ?? standIn(name));
  const mend = `./backline init ${stack} generates it`;
  const faults = wanted.flatMap((one): Finding[] => {
    const value = given[one.name];
    const found = value === undefined || value === encrypted ? undefined : secretFault(one, value);
    const how = one.generated ? `remove it and ${mend}` : setSecret(one.name);
    return found === undefined
      ? []
      : [{ ...found, path: `secrets.${one.name}`, message: `${found.message}; ${how}` }];
  });
  const absent = wanted.flatMap(({ name, generated }) =>
    generated && given[name] === undefined ? [name] : [],
  );
  const isError = missing === "error";
  return {
    secrets: Object.fromEntries(secretNames.map((name) => [name, secretOf(name)])) as Record<
      SecretName,
      Secret
    >,
    systemSecrets: Object.fromEntries(
      wanted.flatMap(({ name, generated, description }) =>
        description === undefined ? [] : [[name, { value: secretOf(name), generated, description }]],
      ),
    ),
    errors: [
      ...unknownSecrets(given, system),
      ...faults,
      ...(isError ? absent : []).map((name) => ({
        code: "missing-secret" as const,
        path: `secrets.${name}`,
        message: `is missing; ${mend}`,
      })),
    ],
    warnings:
      isError || absent.length === 0
        ? []
        : [
            {
              code: "missing-secret",
              path: "secrets",
              message: `${absent.join(", ")}: not there yet; ./backline init ${stack} generates what is missing`,
            },
          ],
  };
}

/** Names that neither Backline nor the system reads. A secret of a part that the system lacks does no harm. */
function unknownSecrets(
  given: Readonly<Record<string, string | undefined>>,
  system: SystemDescription | undefined,
): Finding[] {
  const known: readonly string[] = [...secretNames, ...Object.keys(system?.secrets ?? {})];
  return Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      code: "unknown-key",
      path: `secrets.${name}`,
      message: `unknown key; ${suggestion(name, known)}`,
    }));
}

/** Secrets of the system that somebody has to give, and has not. */
export const missingSystemSecrets = ({ systemSecrets }: Settings): Finding[] =>
  Object.entries(systemSecrets)
    .filter(([name, { value, generated }]) => !generated && value.reveal() === standIn(name))
    .map(([name, { description }]) => ({
      code: "missing-secret",
      path: `secrets.${name}`,
      message: `is missing: ${description}; ${setSecret(name)}`,
    }));
