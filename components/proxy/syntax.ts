/** Lines of a Caddyfile, formatted as `caddy fmt` would. */

const indent = (lines: readonly string[]): string[] => lines.map((line) => `\t${line}`);

export const block = (head: string, lines: readonly string[]): string[] => [
  `${head} {`.trimStart(),
  ...indent(lines),
  "}",
];

/** A duration of whole seconds, or of milliseconds below. */
export const seconds = (value: number): string =>
  Number.isInteger(value) ? `${value}s` : `${Math.round(value * 1000)}ms`;

/** A size in bytes in Caddy's units: `64KiB`. */
export function size(bytes: number): string {
  for (const [unit, factor] of [
    ["GiB", 1024 ** 3],
    ["MiB", 1024 ** 2],
    ["KiB", 1024],
  ] as const)
    if (bytes % factor === 0) return `${bytes / factor}${unit}`;
  return `${bytes}B`;
}
