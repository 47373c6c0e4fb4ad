import { type ProblemCode, problemMediaType, problems } from "../../services/contract/problems";
import { strictPolicy } from "./headers";

/** A text in JSON that Caddy, with its backticks and placeholders, takes for nothing else. */
const json = (text: string): string =>
  JSON.stringify(text).replace(
    /[`{}]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** Lines that answer a request as the services do where something is wrong. `extras` are further members. */
export function respondProblem(
  code: ProblemCode,
  detail: string,
  extras: Readonly<Record<string, number>> = {},
): string[] {
  const { title, status } = problems[code];
  const fields = {
    type: json(`urn:backline:problem:${code}`),
    title: json(title),
    status: String(status),
    detail: json(detail),
    code: json(code),
    ...Object.fromEntries(Object.entries(extras).map(([key, value]) => [key, String(value)])),
  };
  const members = Object.entries(fields).map(([key, value]) => `"${key}":${value}`);
  return [
    `header Content-Type ${problemMediaType}`,
    `header Content-Security-Policy "${strictPolicy}"`,
    // Braces are no placeholders to Caddy only after a backslash.
    `respond \`\\{${members.join(",")}\\}\` ${status}`,
  ];
}
