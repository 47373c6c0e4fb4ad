import * as pulumi from "@pulumi/pulumi";
import type { RawConfig } from "./resolve";
import { secretPathsOf } from "./secret-keys";
import { project, stackFile } from "./stack-file";
import { strayNamespaces } from "./stray-keys";
import { zoneOwners } from "./zone-owners";

/**
 * Reads the configuration that the Pulumi engine gives to the running program, secrets decrypted, and from the
 * directory of the project what concerns several stacks.
 */
export function loadFromEngine(directory: string): RawConfig {
  const stack = pulumi.getStack();
  const values: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(pulumi.runtime.allConfig())) {
    const [namespace, name] = key.split(":");
    if (namespace === project && name !== undefined) values[name] = decode(text);
  }
  const secretKeys: unknown = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]");
  // The engine says of a group only that there is a secret in it; `check` looks at each key.
  const isSecret = (path: string): boolean =>
    Array.isArray(secretKeys) && secretKeys.includes(`${project}:${path.split(".", 1)[0]}`);
  return {
    stack,
    file: stackFile(stack),
    values,
    strayKeys: strayNamespaces(Object.keys(pulumi.runtime.allConfig())),
    zoneOwners: zoneOwners(directory, stack),
    plainSecrets: secretPathsOf(values).filter((path) => !isSecret(path)),
  };
}

/** The engine hands over lists and groups of keys as JSON, everything else as text. */
function decode(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
