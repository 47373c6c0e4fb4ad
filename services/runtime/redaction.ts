/** Names of fields that are never logged. */
const secrets: ReadonlySet<string> = new Set([
  "token",
  "accessToken",
  "refreshToken",
  "password",
  "newPassword",
  "passwordHash",
  "password_hash",
  "secret",
  "authorization",
  "cookie",
  "set-cookie",
  "stripe-signature",
]);

/** In errors, too: the Redis client attaches the failed command, whose arguments are the password with AUTH and HELLO. */
export const errorSecrets: ReadonlySet<string> = new Set([...secrets, "args"]);

/** Levels below the first that are looked at. */
const deepest = 4;

type Fields = Record<string, unknown>;

/**
 * The fields with secrets blanked, nested ones too; the same object where there are none. pino's own redaction by paths
 * takes ten times as long for the line of a request, which has none.
 */
export function withoutSecrets(fields: Fields, names = secrets, levels = deepest): Fields {
  let copy: Fields | undefined;
  for (const [name, value] of Object.entries(fields)) {
    // Blanked by its serialiser, which comes later.
    if (name === "err" && value instanceof Error && levels === deepest) continue;
    const shown = names.has(name) && value !== undefined ? "[redacted]" : blanked(value, names, levels);
    if (shown === value) continue;
    copy ??= { ...fields };
    copy[name] = shown;
  }
  return copy ?? fields;
}

function blanked(value: unknown, names: ReadonlySet<string>, levels: number): unknown {
  if (typeof value !== "object" || value === null || levels === 0 || ArrayBuffer.isView(value)) return value;
  if (!Array.isArray(value)) return withoutSecrets(value as Fields, names, levels - 1);
  const items = value.map((item) => blanked(item, names, levels - 1));
  return items.some((item, index) => item !== value[index]) ? items : value;
}

/** What is blanked inside texts: signatures of links, tokens. */
const secretTexts =
  /(X-Amz-(?:Signature|Credential|Security-Token)=)[^&"\s\\]+|\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+/g;

/** A line with the secrets in its texts blanked: an error's, of a library too, may quote what it was about. */
export function blankTexts(line: string): string {
  if (!line.includes("X-Amz-") && !line.includes("eyJ")) return line;
  return line.replace(secretTexts, (_found, name: string | undefined) => `${name ?? ""}[redacted]`);
}
