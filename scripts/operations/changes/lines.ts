import { type PropertyChange, without } from "./properties";
import type { Operation, ResourceChange } from "./resource";

/** Characters of a value that one line shows. */
const widest = 160;

/** `docker:index/container:Container` as `docker:Container`: the module repeats what the type says. */
export const shortType = (type: string): string => type.replace(/^([^:]+):.*:([^:]+)$/, "$1:$2");

export const signs: Readonly<Record<Operation, string>> = {
  delete: "-",
  replace: "+-",
  update: "~",
  create: "+",
  import: "=",
  same: " ",
};

/** A value on one line. Long ones and scripts are cut, with how much there is of them. */
export function valueText(value: unknown): string {
  return isScript(value) ? scriptText(value) : cut(JSON.stringify(value) ?? "undefined");
}

function scriptText(text: string): string {
  const lines = text.trimEnd().split("\n");
  const first = JSON.stringify(lines[0] ?? "");
  const shown = first.length <= widest ? first : `${first.slice(0, widest)}…`;
  return `${shown}… (${lines.length} lines)`;
}

/** `+ name: "x"`: all inputs of a resource that comes, or goes. */
const inputLines = ({ operation, inputs }: ResourceChange): string[] =>
  Object.entries(inputs).map(
    ([name, value]) => `${operation === "delete" ? "-" : "+"} ${name}: ${valueText(value)}`,
  );

/** Lines that each side of a changed script shows. */
const mostLines = 20;

/** Of two scripts, the lines that left and those that came. */
function scriptLines(path: string, before: string, after: string, why: string): string[] {
  const [was, is] = [before.split("\n"), after.split("\n")];
  const side = (sign: string, lines: readonly string[]): string[] => [
    ...lines.slice(0, mostLines).map((line) => `${sign}   ${cut(line)}`),
    ...(lines.length > mostLines ? [`${sign}   … (${lines.length - mostLines} more lines)`] : []),
  ];
  return [
    `! ${path}: some of its ${is.length} lines change${why}`,
    ...side("-", without(was, is)),
    ...side("+", without(is, was)),
  ];
}

const isScript = (value: unknown): value is string => typeof value === "string" && /[\n\r]/.test(value);

const cut = (text: string): string =>
  text.length <= widest ? text : `${text.slice(0, widest)}… (${text.length} characters)`;

/** `- name: "x"`, `+ name: "y"`; `!` where both look alike, as two secrets do. */
function changeLines({ path, before, after, replaces }: PropertyChange): string[] {
  const why = replaces ? "  # replaces" : "";
  if (isScript(before) && isScript(after)) return scriptLines(path, before, after, why);
  const was = valueText(before);
  const is = valueText(after);
  if (before !== undefined && after !== undefined && was === is) return [`! ${path}: ${is} changes${why}`];
  return [
    ...(before === undefined ? [] : [`- ${path}: ${was}${after === undefined ? why : ""}`]),
    ...(after === undefined ? [] : [`+ ${path}: ${is}${why}`]),
  ];
}

/** What a resource gets, or what changes of it, as lines of a diff. */
export const detailLines = (change: ResourceChange): string[] =>
  change.operation === "update" || change.operation === "replace"
    ? change.changes.flatMap(changeLines)
    : inputLines(change);
