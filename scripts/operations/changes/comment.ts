/** GitHub refuses a comment, and the text of an issue, that is longer. */
export const longestComment = 65_536;

/** The first line of a comment, which nobody sees: the next comment of the same kind takes the place of this one. */
export const marker = (kind: "preview" | "drift", stack: string): string =>
  `<!-- backline ${kind} ${stack} -->`;

/** A block of code that whatever is in it cannot end. */
export function fenced(text: string, language = "text"): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

export const details = (summary: string, body: string): string =>
  `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;

/**
 * A comment that fits: as many of the sections as there is room for behind the head, and a sentence about the others.
 * The tail is always there.
 */
export function fitting(options: {
  readonly head: readonly string[];
  readonly summary: string;
  readonly sections: readonly string[];
  readonly tail: readonly string[];
  /** What is said of the sections that found no room. */
  readonly left: (count: number) => string;
  readonly limit?: number;
}): string {
  const { head, summary, sections, tail, left, limit = longestComment } = options;
  const compose = (count: number): string => {
    const rest = sections.length - count;
    const shown = [...sections.slice(0, count), ...(rest === 0 ? [] : [left(rest)])];
    const body = sections.length === 0 ? [] : [details(summary, shown.join("\n\n"))];
    return `${[...head, ...body, ...tail].join("\n\n")}\n`;
  };
  let count = sections.length;
  for (let text = compose(count); ; text = compose(count)) {
    if (text.length <= limit || count === 0) return text.slice(0, limit);
    // Never too far: what is over the limit is gone with the sections that hold it.
    let over = text.length - limit;
    while (count > 0 && over > 0) over -= (sections[--count]?.length ?? 0) + 2;
  }
}

/** A text without what is over the limit, and a sentence that says so. */
export function shortened(text: string, limit: number): string {
  const note = "\n… (the rest is cut)";
  return text.length <= limit ? text : `${text.slice(0, limit - note.length)}${note}`;
}
