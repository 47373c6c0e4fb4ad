import { z } from "zod";

const entry = z.object({
  level: z.literal("error"),
  logger: z.string().startsWith("tls"),
  error: z.string(),
  identifier: z.string().optional(),
  identifiers: z.array(z.string()).optional(),
});

/** The last error that the proxy's log has about obtaining or renewing the certificate of a name, or undefined. */
export function lastCertificateError(log: string, hostname: string): string | undefined {
  let last: string | undefined;
  // A log can be long, and most of its lines are requests.
  for (const line of log.split("\n").filter((text) => text.includes('"tls') && text.includes(hostname))) {
    const parsed = entry.safeParse(parse(line));
    if (!parsed.success) continue;
    const { identifier, identifiers = [], error } = parsed.data;
    if (identifier === hostname || identifiers.includes(hostname) || error.startsWith(`[${hostname}]`))
      last = error;
  }
  return last === undefined ? undefined : withoutSecrets(last);
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const longest = 300;

/** The ACME server chose these words: one line, not too long, and of URLs no account, token or password. */
function withoutSecrets(error: string): string {
  const line = error
    .replace(/\p{Cc}+/gu, " ")
    .replace(/\b(https?:\/\/)(?:[^/\s"@]*@)?([^/\s"?#]+)[^\s"]*/g, "$1$2/...");
  return line.length > longest ? `${line.slice(0, longest)}...` : line;
}
