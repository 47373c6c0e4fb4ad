import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, YAMLParseError } from "yaml";
import { InputError } from "../../components/shared/errors";
import type { RawConfig } from "./resolve";
import { hideSecrets } from "./secret-keys";

/** Namespace of the keys, as in Pulumi.yaml. */
export const project = "backline";

/** The file that holds a stack's configuration. */
export const stackFile = (stack: string): string => `Pulumi.${stack}.yaml`;

/** Reads `Pulumi.<stack>.yaml` without the engine. Secrets stay encrypted. Throws `InputError`. */
export function loadFromFile(
  directory: string,
  stack: string,
): RawConfig & { readonly initialised: boolean } {
  const file = stackFile(stack);
  const path = join(directory, file);
  const refuse = (code: string, message: string): never => {
    throw new InputError([{ code, file, path: "", message }]);
  };
  if (!existsSync(path))
    return refuse("no-stack-file", `there is no such file; ./backline init ${stack} makes it`);
  let document: unknown;
  try {
    document = parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof YAMLParseError)
      return refuse("yaml", `is not valid YAML: ${error.message.split("\n")[0] ?? ""}`);
    throw error;
  }
  const top = record(document);
  const values: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(record(top.config))) {
    const at = key.indexOf(":");
    if (at === -1) values[key] = value;
    else if (key.slice(0, at) === project) values[key.slice(at + 1)] = value;
  }
  const hidden = hideSecrets(values);
  return {
    stack,
    file,
    values: hidden.values,
    plainSecrets: hidden.plain,
    initialised: top.encryptionsalt !== undefined || top.secretsprovider !== undefined,
  };
}

function record(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? { ...value } : {};
}
