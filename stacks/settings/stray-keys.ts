import type { Finding } from "./checks";
import { nearest, suggestion } from "./problems";
import { project, record } from "./stack-file";

/** What Pulumi reads of a stack's file. */
const topKeys = ["config", "encryptionsalt", "encryptedkey", "secretsprovider", "environment"];

const isGroup = (value: unknown): boolean =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** Keys that stand where nobody reads them, so that what they say would silently not hold. */
export function strayKeys(document: unknown): Finding[] {
  const top = record(document);
  const whole = (path: string): Finding => ({
    code: "type",
    path,
    message: "is not a group of keys; write its keys below it, indented",
  });
  if (document !== null && document !== undefined && !isGroup(document)) return [whole("")];
  const unknown = Object.keys(top)
    .filter((key) => !topKeys.includes(key))
    .map((key): Finding => {
      const ours = key.startsWith(`${project}:`);
      const mend = ours ? "write it below config, indented" : suggestion(key, topKeys);
      return {
        code: "unknown-key",
        path: key,
        message: `${ours ? "stands beside config" : "unknown key"}; ${mend}`,
      };
    });
  const { config } = top;
  return [
    ...unknown,
    ...(config === undefined || config === null || isGroup(config) ? [] : [whole("config")]),
    ...strayNamespaces(Object.keys(record(config))),
  ];
}

/** Keys of a mistyped namespace. Others belong to providers. */
export function strayNamespaces(keys: readonly string[]): Finding[] {
  return keys.flatMap((key): Finding[] => {
    const [namespace = "", ...rest] = key.split(":");
    const isOther = rest.length === 0 || namespace === project || nearest(namespace, [project]) === undefined;
    return isOther
      ? []
      : [
          {
            code: "unknown-key",
            path: key,
            message: `unknown key; did you mean "${project}:${rest.join(":")}"?`,
          },
        ];
  });
}
