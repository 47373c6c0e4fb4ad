/**
 * Rows as text in columns, two blanks apart, without blanks at the end of a line. A cell is one line: what users have
 * written could bring escape sequences to the terminal.
 */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows.map((row) => row.map((cell) => cell.replace(/\p{Cc}+/gu, " ")))];
  const widths = header.map((_title, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}
