/** The form of a stack's file. */

/** Namespace of the keys, as in Pulumi.yaml. */
export const project = "backline";

/** The file that holds a stack's configuration. */
export const stackFile = (stack: string): string => `Pulumi.${stack}.yaml`;

/** The stack whose file a name is, or undefined. */
export const stackOf = (file: string): string | undefined => /^Pulumi\.([^.]+)\.yaml$/.exec(file)?.[1];

/** A group of keys; none where something else stands. */
export function record(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? { ...value } : {};
}

/** The keys of the project in what stands under `config:`, without their namespace. */
export function valuesOf(config: unknown): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(record(config))) {
    const at = key.indexOf(":");
    if (at === -1) values[key] = value;
    else if (key.slice(0, at) === project) values[key.slice(at + 1)] = value;
  }
  return values;
}
