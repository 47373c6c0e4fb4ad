import { distance } from "fastest-levenshtein";
import { z } from "zod";
import type { Problem } from "../../components/shared/errors";
import { concernsSecret } from "./secret-keys";

/** The candidate that a mistyped name most likely meant, or undefined where none is near. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  let best: { candidate: string; steps: number } | undefined;
  for (const candidate of candidates) {
    const steps = distance(name.toLowerCase(), candidate.toLowerCase());
    if (!best || steps < best.steps) best = { candidate, steps };
  }
  return best && best.steps <= Math.max(2, Math.floor(name.length / 3)) ? best.candidate : undefined;
}

/** `did you mean "x"?`, or the list of what is known. */
export function suggestion(name: string, candidates: readonly string[]): string {
  const near = nearest(name, candidates);
  return near === undefined ? `known are ${candidates.join(", ")}` : `did you mean "${near}"?`;
}

const show = (value: unknown): string => {
  // JSON has no word for what YAML calls .nan and .inf.
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
};

/** Secrets are never echoed, not even mistyped ones. */
const shown = (path: readonly PropertyKey[], value: unknown): string =>
  concernsSecret(path) ? "its value" : show(value);

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (value === null || typeof value !== "object") return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

function unwrap(schema: unknown): unknown {
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap()) : schema;
}

/** Names that the schema knows at a path. */
function knownKeys(schema: unknown, path: readonly PropertyKey[]): string[] {
  let here = unwrap(schema);
  for (const key of path) {
    if (here instanceof z.ZodObject) here = unwrap(here.shape[String(key)]);
    else if (here instanceof z.ZodRecord) here = unwrap(here.valueType);
    else if (here instanceof z.ZodArray) here = unwrap(here.element);
    else return [];
  }
  if (here instanceof z.ZodObject) return Object.keys(here.shape);
  if (here instanceof z.ZodRecord && here.keyType instanceof z.ZodEnum)
    return here.keyType.options.map(String);
  return [];
}

const article = (noun: string): string => (/^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`);
const typeNames: Readonly<Record<string, string>> = {
  object: "group of keys",
  record: "group of keys",
  array: "list",
  string: "text",
  boolean: "boolean",
};

/** Turns zod's issues into problems that begin with the key path that the user typed. */
export function problemsOf(error: z.ZodError, schema: z.ZodType, input: unknown, file: string): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    const at = issue.path.map(String).join(".");
    const given = valueAt(input, issue.path);
    const value = shown(issue.path, given);
    const problem = (code: string, message: string): Problem[] => [{ code, file, path: at, message }];
    switch (issue.code) {
      case "unrecognized_keys":
        return issue.keys.map((key) => ({
          code: "unknown-key",
          file,
          path: [...issue.path.map(String), key].join("."),
          message: `unknown key; ${suggestion(key, knownKeys(schema, issue.path))}`,
        }));
      case "invalid_type": {
        const wanted = typeNames[issue.expected] ?? issue.expected;
        const named = wanted === "text" ? "text" : article(wanted);
        return problem(
          "type",
          absent(given, `write ${named}`) ?? `${value} is not ${named}; ${mend(issue.expected)}`,
        );
      }
      case "invalid_value": {
        const choices = `write ${issue.values.map((choice) => JSON.stringify(choice)).join(" or ")}`;
        return problem("choice", absent(given, choices) ?? `${value} is not a choice; ${choices}`);
      }
      case "invalid_format":
        return problem(
          "format",
          issue.message.startsWith("Invalid")
            ? `${value} is not ${article(issue.format)}; ${formatMend(issue.format)}`
            : issue.message,
        );
      case "custom":
        return problem(String(issue.params?.code ?? "value"), issue.message);
      default:
        return problem("value", `${value}: ${issue.message}`);
    }
  });
}

/** What is wrong where there is no value, whichever it should be; undefined where there is one. */
function absent(given: unknown, write: string): string | undefined {
  if (given === undefined) return `is missing; ${write}`;
  return given === null ? `has no value; ${write}, or remove the key` : undefined;
}

function mend(expected: string): string {
  switch (expected) {
    case "number":
      return "write a number without quotes";
    case "boolean":
      return "write true or false without quotes";
    case "array":
      return "write a list: [a, b]";
    case "string":
      return "write it in quotes";
    default:
      return "write its keys below it, indented";
  }
}

function formatMend(format: string): string {
  return format === "email" ? 'write "name@example.com"' : 'write "https://example.com/path"';
}
