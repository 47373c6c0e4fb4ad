import { details, fenced, fitting, longestComment, marker, shortened } from "./comment";
import { detailLines, shortType, signs } from "./lines";
import { countsOf, type Operation, type ResourceChange } from "./resource";

/** Characters that diagnostics may take of a comment. */
const longestDiagnostics = 8000;

const words: readonly (readonly [Operation, string])[] = [
  ["create", "to add"],
  ["import", "to import"],
  ["update", "to change"],
  ["replace", "to replace"],
  ["delete", "to delete"],
  ["same", "unchanged"],
];

/** `3 to add, 1 to replace, 96 unchanged`; what there is none of is left out. */
export function countText(changes: readonly ResourceChange[]): string {
  const counts = countsOf(changes);
  const counted = words.flatMap(([operation, word]) => {
    const count = counts[operation];
    return count === undefined ? [] : [`${count} ${word}`];
  });
  return counted.length === 0 ? "nothing" : counted.join(", ");
}

const title = ({ name, type }: ResourceChange): string => `\`${name}\` (\`${shortType(type)}\`)`;

/** What deserves a second look, in bold: stateful things that go or are made anew. */
function alarms(changes: readonly ResourceChange[]): string[] {
  const lines = changes
    .filter(({ stateful, operation }) => stateful && (operation === "delete" || operation === "replace"))
    .map((change) => {
      const done = change.operation === "delete" ? "deleted" : "replaced";
      return `- **${title(change)} is ${done}${change.retained ? "; its data is kept" : ""}**`;
    });
  return lines.length === 0 ? [] : [lines.join("\n")];
}

function section(change: ResourceChange, withDetails: boolean): string {
  const lines = withDetails ? detailLines(change) : [];
  const head = `\`${signs[change.operation]}\` ${title(change)}`;
  return lines.length === 0 ? head : `${head}\n${fenced(lines.join("\n"), "diff")}`;
}

const isEdited = ({ operation }: ResourceChange): boolean =>
  operation === "update" || operation === "replace";

function warningsBlock(warnings: readonly string[]): string[] {
  if (warnings.length === 0) return [];
  const text = shortened(warnings.join("\n"), longestDiagnostics);
  return [details(`${warnings.length} ${warnings.length === 1 ? "warning" : "warnings"}`, fenced(text))];
}

export interface PreviewComment {
  readonly stack: string;
  readonly changes: readonly ResourceChange[];
  readonly warnings: readonly string[];
  /** Whether it begins from nothing, without secrets and accounts. */
  readonly apart: boolean;
  readonly limit?: number;
}

/** A preview as a comment on a pull request. */
export function previewComment({
  stack,
  changes,
  warnings,
  apart,
  limit = longestComment,
}: PreviewComment): string {
  const changing = changes.filter(({ operation }) => operation !== "same");
  const whole = changing.map((change) => section(change, true));
  // Where all of it is too much, what is new is named alone: its inputs are in the sources of the same pull request.
  const tooMuch = whole.join("\n\n").length > limit - longestDiagnostics * 2;
  const sections = tooMuch ? changing.map((change) => section(change, isEdited(change))) : whole;
  const notes = [
    ...(apart
      ? [
          "Previewed as if nothing was there yet: without the stack's state and secrets, reaching no host or vendor.",
        ]
      : []),
    ...(tooMuch
      ? [
          `Inputs of what is added or deleted are left out for their length; \`./backline preview ${stack}\` shows them.`,
        ]
      : []),
  ];
  return fitting({
    head: [
      marker("preview", stack),
      `### \`${stack}\`: ${countText(changes)}`,
      ...alarms(changing),
      ...notes,
    ],
    summary: changing.length === 1 ? "1 resource" : `${changing.length} resources`,
    sections,
    tail: warningsBlock(warnings),
    left: (count) => `… and ${count} more, cut for their length; \`./backline preview ${stack}\` shows all.`,
    limit,
  });
}

export interface DriftComment {
  readonly stack: string;
  readonly changes: readonly ResourceChange[];
  /** Steps of the host that differ, with what does. */
  readonly host: readonly { readonly name: string; readonly details: readonly string[] }[];
  readonly limit?: number;
}

const found = (change: ResourceChange): string =>
  `${title(change)} ${change.operation === "delete" ? "is gone" : "was changed"}`;

/** What differs from what was deployed, as the text of an issue. */
export function driftComment({ stack, changes, host, limit }: DriftComment): string {
  const count = changes.length + host.length;
  const head = [
    marker("drift", stack),
    `### \`${stack}\`: ${count === 0 ? "no drift" : `${count} of its parts differ from what was deployed`}`,
  ];
  if (count === 0) return `${head.join("\n\n")}\n`;
  const sections = [
    ...changes.map((change) => {
      const lines = change.operation === "update" ? detailLines(change) : [];
      const text = change.stateful ? `**${found(change)}**` : found(change);
      return lines.length === 0 ? text : `${text}\n${fenced(lines.join("\n"), "diff")}`;
    }),
    ...host.map(({ name, details: lines }) =>
      lines.length === 0
        ? `The host's step \`${name}\` differs`
        : `The host's step \`${name}\` differs\n${fenced(lines.join("\n"))}`,
    ),
  ];
  const mends = [
    ...(changes.length === 0
      ? []
      : [
          `- \`./backline refresh ${stack}\`, then \`./backline up ${stack}\`, puts back what was changed by hand.`,
        ]),
    ...(host.length === 0 ? [] : [`- \`./backline host apply ${stack}\` gives the host its steps again.`]),
  ];
  return fitting({
    head: [...head, mends.join("\n")],
    summary: "What differs",
    sections,
    tail: [],
    left: (rest) => `… and ${rest} more, cut for their length; \`./backline drift ${stack}\` shows all.`,
    ...(limit === undefined ? {} : { limit }),
  });
}

/** What a command could not do, as the comment in whose place its result would be. */
export function failureComment(
  kind: "preview" | "drift",
  stack: string,
  message: string,
  bad: "input" | "run",
): string {
  const what = kind === "preview" ? "the preview" : "looking for drift";
  const said = bad === "input" ? "the configuration is refused" : `${what} failed`;
  return `${marker(kind, stack)}\n\n### \`${stack}\`: ${said}\n\n${fenced(shortened(message, longestComment - 2000))}\n`;
}
