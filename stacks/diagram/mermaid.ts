/**
 * Text of Mermaid flowcharts: https://mermaid.js.org/syntax/flowchart.html
 */

/** A node's or subgraph's id from a name: words that Mermaid knows itself, such as `end`, cannot be one. */
export const idOf = (kind: string, name: string): string => `${kind}_${name.replace(/[^a-zA-Z0-9]/g, "_")}`;

/** Lines of a label in quotes, with what Mermaid would read as its own taken out of it. */
export const label = (...lines: readonly string[]): string =>
  `"${lines.map((line) => line.replaceAll("#", "#35;").replaceAll('"', "#quot;").replaceAll("<", "#lt;")).join("<br/>")}"`;

const shapes = {
  box: ["[", "]"],
  store: ["[(", ")]"],
  outside: ["([", "])"],
} as const;

export type Shape = keyof typeof shapes;

export function node(id: string, shape: Shape, ...lines: readonly string[]): string {
  const [open, close] = shapes[shape];
  return `${id}${open}${label(...lines)}${close}`;
}

/** `-->` with a text on it; dotted where nobody waits for an answer to serve a request. */
export function link(
  from: readonly string[],
  to: readonly string[],
  options: { readonly text?: readonly string[]; readonly dotted?: boolean } = {},
): string {
  const { text = [], dotted = false } = options;
  const arrow = dotted ? "-.->" : "-->";
  const on = text.length === 0 ? "" : `|${label(...text)}|`;
  return `${from.join(" & ")} ${arrow}${on} ${to.join(" & ")}`;
}

export function subgraph(id: string, title: string, lines: readonly string[]): string[] {
  return [`subgraph ${id}[${label(title)}]`, ...lines.map((line) => `  ${line}`), "end"];
}
