import type { codes } from "../../../../stacks/settings/codes";

/** A text as it stands below `config:` of a stack's file, or values as the engine hands them over, secrets decrypted. */
export type GivenSettings =
  | string
  | { readonly secrets?: Readonly<Record<string, string>>; readonly chains?: unknown };

/** What is given, and the code and the line, without the file's name, that come of it. */
export type RefusedInput = readonly [
  kind: string,
  code: keyof typeof codes,
  given: GivenSettings,
  line: string,
];
