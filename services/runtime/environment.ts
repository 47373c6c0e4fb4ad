/** Reads a process' environment: typed values, or every mistake at once. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { type ChainProviders, chainProviders, chainProvidersFaults } from "../contract/chains";
import { environment, type Variable } from "../contract/environment";

/** The environment is unusable. `problems` has one sentence for each mistake. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`);

/** 0 lets the system choose a free port, which only tests have a use for. */
const port = wholeNumber(0, 65_535);
const word = z.string().regex(/^\S+$/, "must not contain white space");

const secret = (leastBytes: number) =>
  z.string().transform((path, context) => {
    const fail = (message: string) => {
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    };
    try {
      const value = readFileSync(path, "utf8").replace(/\r?\n$/, "");
      if (value === "") return fail(`names the file ${path}, which is empty`);
      if (Buffer.byteLength(value) < leastBytes) {
        return fail(`names the file ${path}, whose secret is shorter than ${leastBytes} bytes`);
      }
      return value;
    } catch (error) {
      const reason = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
      return fail(`names the file ${path}, which cannot be read (${reason})`);
    }
  });

const origins = z
  .string()
  .optional()
  .transform((list) => (list ?? "").split(",").map((item) => item.trim()))
  .transform((list) => list.filter((item) => item !== ""))
  .refine((list) => list.every(isOrigin), "must be a list of origins such as https://app.example.com");

function isOrigin(value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value;
}

const everyone = {
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal"], {
    error: "must be trace, debug, info, warn, error or fatal",
  }),
  STACK: word,
  VERSION: word,
  POSTGRES_HOST: word,
  POSTGRES_PORT: port,
  POSTGRES_DATABASE: word,
  POSTGRES_USER: word,
  POSTGRES_PASSWORD_FILE: secret(1),
};

const server = {
  ...everyone,
  METRICS_PORT: port,
  HEALTH_PORT: port,
  DRAIN_SECONDS: wholeNumber(0, 3_600),
  POSTGRES_POOL_SIZE: wholeNumber(1, 1_000),
  REDIS_HOST: word,
  REDIS_PORT: port,
  REDIS_PASSWORD_FILE: secret(1),
};

const tokens = {
  JWT_SECRET_FILE: secret(32),
  JWT_OTHER_SECRET_FILE: secret(32).optional(),
  JWT_OTHER_SECRET_UNTIL: z.iso
    .datetime({ error: "must be a time such as 2030-01-31T12:00:00Z" })
    .transform((text) => new Date(text))
    .optional(),
};

const webAddress = z
  .string()
  .refine(isWebAddress, "must be an http or https URL without user, query and fragment");

function isWebAddress(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, search, hash } = new URL(value);
  return /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === "");
}

/** All of them or none: `completeStorage`. The region has a default. */
const storage = {
  STORAGE_ENDPOINT: webAddress.optional(),
  STORAGE_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be the name of a bucket")
    .optional(),
  STORAGE_ACCESS_KEY_ID: word.optional(),
  STORAGE_SECRET_KEY_FILE: secret(1).optional(),
};

function completeStorage(context: z.core.ParsePayload<Record<string, unknown>>): void {
  const names = Object.keys(storage);
  const absent = names.filter((name) => context.value[name] === undefined);
  if (absent.length === names.length) return;
  for (const name of absent) {
    const message = `is missing: ${names.join(", ")} are given together or not at all`;
    context.issues.push({ code: "custom", path: [name], message, input: undefined });
  }
}

const payments = { STRIPE_WEBHOOK_SECRET_FILE: secret(1).optional() };

const files = { ...storage, STORAGE_REGION: word };

/** A file with the table of JSON-RPC providers. */
const chainTable = secret(1).transform((text, context): ChainProviders => {
  const table = parseJson(text);
  const faults = table === undefined ? ["is not valid JSON"] : chainProvidersFaults(table);
  for (const fault of faults)
    context.addIssue({ code: "custom", message: `names a file whose content cannot be used: ${fault}` });
  return faults.length === 0 ? chainProviders.parse(table) : z.NEVER;
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const calls = { CHAIN_PROVIDERS_FILE: chainTable.optional() };

const sender = z
  .string()
  .regex(
    /^(?:[^<>\r\n]*<[^<>\s@]+@[^<>\s@]+>|[^<>\s@]+@[^<>\s@]+)$/,
    "must be an address such as Backline <no-reply@example.com>",
  );

/** Mail is sent where SMTP_HOST is given; half of what that needs is a mistake. */
const mail = {
  SMTP_HOST: word.optional(),
  SMTP_PORT: wholeNumber(1, 65_535),
  SMTP_USER: z.string().optional(),
  SMTP_PASSWORD_FILE: secret(1).optional(),
  SMTP_FROM: sender.optional(),
};

/** Each of these needs the other. */
const mailNeeds = [
  ["SMTP_HOST", "SMTP_FROM"],
  ["SMTP_FROM", "SMTP_HOST"],
  ["SMTP_USER", "SMTP_HOST"],
  ["SMTP_USER", "SMTP_PASSWORD_FILE"],
  ["SMTP_PASSWORD_FILE", "SMTP_USER"],
] as const;

const worker = z.object({ ...server, ...mail }).superRefine((env, context) => {
  for (const [given, needed] of mailNeeds)
    if (env[given] !== undefined && env[needed] === undefined)
      context.addIssue({ code: "custom", path: [needed], message: `is missing, which ${given} needs` });
});

export const environments = {
  api: z
    .object({
      ...server,
      ...tokens,
      ...files,
      ...payments,
      ...calls,
      PORT: port,
      ALLOWED_ORIGINS: origins,
      RATE_LIMIT_USER: wholeNumber(0, 100_000_000),
      RATE_LIMIT_ADDRESS: wholeNumber(0, 100_000_000),
    })
    .check(completeStorage),
  ws: z.object({ ...server, ...tokens, PORT: port }),
  worker,
  migrations: z.object(everyone),
};

export type Environment<Service extends keyof typeof environments> = z.infer<(typeof environments)[Service]>;

/**
 * Values of the variables that `schema` names. Variables it does not name are ignored, an empty one counts as absent.
 * Throws EnvironmentError with every mistake.
 */
export function readEnvironment<Schema extends z.ZodObject>(
  schema: Schema,
  source: NodeJS.ProcessEnv,
): z.infer<Schema> {
  const table: Record<string, Variable> = environment;
  const names = Object.keys(schema.shape);
  const given = names.map((name) => [name, source[name] || table[name]?.default] as const);
  const missing = given.filter(([name, value]) => value === undefined && table[name]?.optional !== true);
  const parsed = schema.safeParse(Object.fromEntries(given.filter(([, value]) => value !== undefined)));
  if (parsed.success) return parsed.data;
  const absent = new Set<PropertyKey>(missing.map(([name]) => name));
  const wrong = parsed.error.issues.filter((issue) => !absent.has(issue.path[0] ?? ""));
  throw new EnvironmentError([
    ...missing.map(([name]) => `${name} is missing. ${table[name]?.meaning ?? ""}`.trim()),
    ...wrong.map((issue) => `${String(issue.path[0])} ${issue.message}.`),
  ]);
}
