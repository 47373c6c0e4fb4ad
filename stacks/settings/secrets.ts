import { Secret } from "../../components/shared/secret";
import type { Finding } from "./checks";
import { encrypted } from "./secret-keys";
import { type SecretName, secretNames } from "./secret-names";

const placeholder = /^(change[-_ ]?me|password|secret|placeholder|todo|xxx+|example|default|test|<.*>)$/i;
export const isPlaceholder = (value: string): boolean => placeholder.test(value.trim());

/** Characters; a key for HS256 has to have as many bits as the hash. */
const shortest = (name: SecretName): number => (name === "jwtSecret" ? 32 : 16);

/** What is wrong with the value of a secret, without the value; undefined where nothing is. */
export function secretFault(name: SecretName, value: string): Pick<Finding, "code" | "message"> | undefined {
  if (value.trim() === "") return { code: "empty-secret", message: "is empty" };
  if (isPlaceholder(value)) return { code: "placeholder-secret", message: "is a placeholder" };
  if (value.length < shortest(name))
    return { code: "short-secret", message: `is shorter than ${shortest(name)} characters` };
  if (/[\s\0]/.test(value))
    return { code: "secret-characters", message: "has a blank or a line break in it" };
  return undefined;
}

/**
 * Checks each secret without ever showing one. A missing secret is an error before a deploy. Before a preview it is a
 * warning, one for all, and the preview goes on with a stand-in that nothing is deployed with.
 */
export function resolveSecrets(
  given: Partial<Record<SecretName, string | undefined>>,
  stack: string,
  missing: "error" | "warn",
): { secrets: Record<SecretName, Secret>; errors: Finding[]; warnings: Finding[] } {
  const errors: Finding[] = [];
  const absent: SecretName[] = [];
  const secrets: Partial<Record<SecretName, Secret>> = {};
  const mend = `./backline init ${stack} generates it`;
  for (const name of secretNames) {
    const value = given[name];
    secrets[name] = new Secret(value ?? `preview-only-${name}`);
    if (value === undefined) absent.push(name);
    const found = value === undefined || value === encrypted ? undefined : secretFault(name, value);
    if (found)
      errors.push({ ...found, path: `secrets.${name}`, message: `${found.message}; remove it and ${mend}` });
  }
  const message = `is missing; ${mend}`;
  if (missing === "error")
    errors.push(
      ...absent.map((name) => ({ code: "missing-secret" as const, path: `secrets.${name}`, message })),
    );
  const warnings: Finding[] =
    missing === "warn" && absent.length > 0
      ? [
          {
            code: "missing-secret",
            path: "secrets",
            message: `${absent.join(", ")}: not there yet; ./backline init ${stack} generates what is missing`,
          },
        ]
      : [];
  return { secrets: secrets as Record<SecretName, Secret>, errors, warnings };
}
