import { formatProblem } from "../../components/shared/errors";
import { resolve } from "../../stacks/settings";
import { secretNames } from "../../stacks/settings/secret-names";

/** Every secret, as a deploy has them. */
export const secrets = Object.fromEntries(
  secretNames.map((name) => [name, `${name}-0123456789abcdef-0123456789abcdef`]),
);
/** A developer's machine. */
export const local = {
  domain: "audifi.localhost",
  proxy: { httpPort: 8080, httpsPort: 8443, certificates: "internal" },
};

/** What `resolve` says of the values of a stack. */
export function resolution(
  values: Record<string, unknown>,
  missing: "error" | "warn" = "error",
  stack = "dev",
) {
  return resolve({ stack, file: `Pulumi.${stack}.yaml`, values, plainSecrets: [] }, { missing });
}

/** The lines that the user sees for what is wrong with the values, beside what a developer's machine has. */
export function errors(values: Record<string, unknown>, stack = "dev"): string[] {
  const result = resolution({ ...local, secrets, ...values }, "error", stack);
  return result.ok ? [] : result.errors.map(formatProblem);
}
