import { homedir } from "node:os";

/** Paths of this machine, and what is written in their place. */
export type Hidden = readonly (readonly [path: string, instead: string])[];

/** The checkout is `.`, the user's home `~`. */
export const hiddenOf = (root: string): Hidden => [
  [root, "."],
  [homedir(), "~"],
];

/** How the engine marks values that are known only after an update; see `unknown*Value` in Pulumi's sources. */
const unknowns = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

export const secretText = "[secret]";
export const unknownText = "[unknown]";

/** `v1:<nonce>:<text>`: what a passphrase has encrypted. */
const ciphertext = /\bv1:[A-Za-z0-9+/]{16}:[A-Za-z0-9+/]+={0,2}/g;

/**
 * A value as everybody may read it, in whatever order the engine has it: secrets and their encrypted forms are
 * `[secret]`, what is not known yet is `[unknown]`, keys are sorted, and paths of this machine are gone.
 */
export function printable(value: unknown, hidden: Hidden): unknown {
  if (typeof value === "string") return printableText(value, hidden);
  if (Array.isArray(value)) return value.map((inner) => printable(inner, hidden));
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value);
  if (entries.some(([key, inner]) => key === signatureKey && inner === secretSignature)) return secretText;
  return Object.fromEntries(
    entries
      // What the engine and the bridges keep for themselves.
      .filter(([key]) => !key.startsWith("__"))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, printable(inner, hidden)]),
  );
}

function printableText(text: string, hidden: Hidden): string {
  if (unknowns.has(text)) return unknownText;
  const known = text.replace(ciphertext, secretText);
  return hidden.reduce(
    (rest, [path, instead]) => rest.replaceAll(`file://${path}`, instead).replaceAll(path, instead),
    known,
  );
}
