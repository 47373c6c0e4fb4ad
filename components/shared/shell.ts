/** A word of a POSIX shell that means exactly `text`. */
export function quote(text: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command line from its words. */
export function commandLine(words: readonly string[]): string {
  return words.map(quote).join(" ");
}
