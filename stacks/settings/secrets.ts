import { Secret } from "../../components/shared/secret";
import type { Finding } from "./checks";
import { type SecretName, secretNames } from "./schema";

/** Stands for a secret that is there but cannot be read without the passphrase. */
export const encrypted = "[encrypted]";

const placeholder = /^(change[-_ ]?me|password|secret|placeholder|todo|xxx+|example|default|test|<.*>)$/i;
/** Characters; a key for HS256 has to have as many bits as the hash. */
const shortest = (name: SecretName): number => (name === "jwtSecret" ? 32 : 16);

/**
 * Checks each secret without ever showing one. A missing secret is an error before a deploy and a warning before a
 * preview, which then goes on with a stand-in that nothing is deployed with.
 */
export function resolveSecrets(
  given: Partial<Record<SecretName, string | undefined>>,
  stack: string,
  missing: "error" | "warn",
): { secrets: Record<SecretName, Secret>; errors: Finding[]; warnings: Finding[] } {
  const errors: Finding[] = [];
  const warnings: Finding[] = [];
  const entries = secretNames.map((name): [SecretName, Secret] => {
    const value = given[name];
    const path = `secrets.${name}`;
    const mend = `./backline init ${stack} generates it`;
    if (value === undefined)
      (missing === "error" ? errors : warnings).push({
        code: "missing-secret",
        path,
        message: `is missing; ${mend}`,
      });
    else if (value !== encrypted) {
      if (value.trim() === "")
        errors.push({ code: "empty-secret", path, message: `is empty; remove it and ${mend}` });
      else if (placeholder.test(value.trim()))
        errors.push({ code: "placeholder-secret", path, message: `is a placeholder; remove it and ${mend}` });
      else if (value.length < shortest(name))
        errors.push({
          code: "short-secret",
          path,
          message: `is shorter than ${shortest(name)} characters; remove it and ${mend}`,
        });
      else if (/[\s\0]/.test(value))
        errors.push({
          code: "secret-characters",
          path,
          message: `has a blank or a line break in it; remove it and ${mend}`,
        });
    }
    return [name, new Secret(value ?? `preview-only-${name}`)];
  });
  return { secrets: Object.fromEntries(entries) as Record<SecretName, Secret>, errors, warnings };
}
