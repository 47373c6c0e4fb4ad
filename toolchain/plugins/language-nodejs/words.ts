/**
 * Splits a line into words as a POSIX shell does, with single quotes, double quotes and backslashes, and without
 * any expansion.
 * @throws Error when a quote is not closed.
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let index = 0; index < line.length; index += 1) {
    const character = line.charAt(index);
    const next = line.charAt(index + 1);
    if (character === quote) {
      quote = undefined;
    } else if (
      character === "\\" &&
      quote !== "'" &&
      next !== "" &&
      (quote === undefined || /["\\$`]/.test(next))
    ) {
      word = (word ?? "") + next;
      index += 1;
    } else if (quote !== undefined) {
      word = (word ?? "") + character;
    } else if (character === "'" || character === '"') {
      quote = character;
      word = word ?? "";
    } else if (/\s/.test(character)) {
      if (word !== undefined) {
        words.push(word);
      }
      word = undefined;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (quote !== undefined) {
    throw new Error(`The quote ${quote} is not closed in: ${line}`);
  }
  return word === undefined ? words : [...words, word];
}
