import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../components/shared/errors";
import { parseYaml } from "./parse-yaml";
import { nearest } from "./problems";
import type { RawConfig } from "./resolve";
import { hideSecrets } from "./secret-keys";
import { record, stackFile, stackOf, valuesOf } from "./stack-file";
import { strayKeys } from "./stray-keys";
import { zoneOwners } from "./zone-owners";

export { project, stackFile } from "./stack-file";

/** Reads `Pulumi.<stack>.yaml` without the engine. Secrets stay encrypted. Throws `InputError`. */
export function loadFromFile(
  directory: string,
  stack: string,
): RawConfig & { readonly initialised: boolean } {
  const file = stackFile(stack);
  const path = join(directory, file);
  if (!existsSync(path))
    throw new InputError([
      {
        code: "no-stack-file",
        file,
        path: "",
        message: `there is no such file; ${meantStack(directory, stack)}./backline init ${stack} makes it`,
      },
    ]);
  const zones = zoneOwners(directory, stack);
  return { stack, ...parseSettings(readFileSync(path, "utf8"), file), zoneOwners: zones };
}

/** The stack that is there and was most likely meant, as a question. */
function meantStack(directory: string, stack: string): string {
  const known = readdirSync(directory).flatMap((file) => stackOf(file) ?? []);
  const near = nearest(stack, known);
  return near === undefined ? "" : `did you mean ${near}? `;
}

/** What a text in the form of a stack's file says. Secrets stay encrypted. Throws `InputError`. */
export function parseSettings(
  text: string,
  file: string,
): Omit<RawConfig, "stack"> & { readonly initialised: boolean } {
  const parsed = parseYaml(text);
  if ("fault" in parsed) throw new InputError([{ code: "yaml", file, path: "", message: parsed.fault }]);
  const document = parsed.value;
  const top = record(document);
  const hidden = hideSecrets(valuesOf(top.config));
  return {
    file,
    values: hidden.values,
    plainSecrets: hidden.plain,
    strayKeys: strayKeys(document),
    initialised: top.encryptionsalt !== undefined || top.secretsprovider !== undefined,
  };
}
