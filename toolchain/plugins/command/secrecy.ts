import { type Properties, secretTexts } from "../shared/values";

/** Shorter texts are words and numbers that occur by chance. */
const SHORTEST_SECRET = 4;
const MASK = "[secret]";

/**
 * Makes a function that hides a resource's secrets in a text: each secret input, and each line of a secret input of
 * several lines. For what people see (log lines, errors), never for outputs.
 */
export function secretMask(...properties: readonly Properties[]): (text: string) => string {
  const texts = properties
    .flatMap((it) => secretTexts(it))
    .flatMap((secret) => [secret, ...secret.split("\n")])
    .map((secret) => secret.trim())
    .filter((secret) => secret.length >= SHORTEST_SECRET);
  const longestFirst = [...new Set(texts)].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
}
