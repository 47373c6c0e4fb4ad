import * as z from "zod/mini";
import { containsUnknown, type Properties, reveal, type Value } from "../shared/values";

/** What is wrong with one input. */
export interface InputFailure {
  readonly property: string;
  readonly reason: string;
}

const text = z.string({ error: "must be a string" });
const texts = z.array(text, { error: "must be a list of strings" });
const flag = z.boolean({ error: "must be true or false" });
const environment = z.record(z.string(), text, { error: "must be an object of strings" });
const logging = z.enum(["stdout", "stderr", "stdoutAndStderr", "none"], {
  error: 'must be "stdout", "stderr", "stdoutAndStderr" or "none"',
});

const lifecycle = {
  create: z.optional(text),
  update: z.optional(text),
  delete: z.optional(text),
  triggers: z.optional(z.array(z.unknown(), { error: "must be a list" })),
};
const common = {
  environment: z.optional(environment),
  stdin: z.optional(text),
  logging: z.optional(logging),
  addPreviousOutputInEnv: z.optional(flag),
};
const local = {
  ...common,
  interpreter: z.optional(texts),
  dir: z.optional(text),
  assetPaths: z.optional(texts),
  archivePaths: z.optional(texts),
};
const endpoint = {
  host: text,
  user: z._default(text, "root"),
  port: z._default(z.number({ error: "must be a number" }), 22),
  password: z.optional(text),
  privateKey: z.optional(text),
  privateKeyPassword: z.optional(text),
  agentSocketPath: z.optional(text),
  dialErrorLimit: z._default(z.int({ error: "must be a whole number" }), 10),
  perDialTimeout: z._default(z.int({ error: "must be a whole number of seconds" }), 15),
  hostKey: z.optional(text),
};
const connection = z.strictObject({ ...endpoint, proxy: z.optional(z.strictObject(endpoint)) });

export const localCommandSchema = z.strictObject({ ...lifecycle, ...local });
export const localRunSchema = z.strictObject({ ...local, command: text });
export const remoteCommandSchema = z.strictObject({ ...lifecycle, ...common, connection });
export const copyToRemoteSchema = z.strictObject({
  connection,
  remotePath: text,
  source: z.unknown(),
  triggers: lifecycle.triggers,
});

export type LocalInputs = z.infer<z.ZodMiniObject<typeof local>>;
export type LocalCommandInputs = z.infer<typeof localCommandSchema>;
export type RemoteCommandInputs = z.infer<typeof remoteCommandSchema>;
export type CopyToRemoteInputs = z.infer<typeof copyToRemoteSchema>;
export type Connection = z.infer<typeof connection>;
export type Endpoint = Omit<Connection, "proxy">;
export type Logging = z.infer<typeof logging>;

type InputSchema<T> = z.ZodMiniType<T>;

/** What is wrong with a resource's inputs. A value that is not known yet can be anything, so it is right. */
export function inputFailures(schema: InputSchema<unknown>, inputs: Properties): InputFailure[] {
  const parsed = schema.safeParse(userInputs(inputs));
  if (parsed.success) {
    return [];
  }
  return parsed.error.issues.flatMap((issue): InputFailure[] => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        property: [...issue.path, key].join("."),
        reason: "is not an input",
      }));
    }
    const reached = valueAt(inputs, issue.path);
    if (reached !== undefined && containsUnknown(reached)) {
      return [];
    }
    return [
      { property: issue.path.join("."), reason: reached === undefined ? "is required" : issue.message },
    ];
  });
}

/**
 * The inputs as the plugin uses them: without marks of secrecy, with defaults.
 * @throws Error that names each wrong input.
 */
export function parseInputs<T>(schema: InputSchema<T>, inputs: Properties): T {
  const parsed = schema.safeParse(userInputs(inputs));
  if (!parsed.success) {
    const failures = inputFailures(schema, inputs);
    throw new Error(failures.map(({ property, reason }) => `${property} ${reason}`).join("; "));
  }
  return parsed.data;
}

/** The inputs within a state, which holds outputs as well. */
export function ownInputs(schema: { readonly shape: object }, state: Properties): Properties {
  return Object.fromEntries(Object.entries(state).filter(([name]) => name in schema.shape));
}

/** Without the engine's own entries and without nulls, which mean 'not given'. */
function userInputs(inputs: Properties): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(inputs)
      .filter(([name, value]) => value !== null && name !== "version" && !name.startsWith("__"))
      .map(([name, value]) => [name, withoutNulls(reveal(value))]),
  );
}

function withoutNulls(value: Value): Value {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return value;
  }
  const entries = Object.entries(value).filter(([, child]) => child !== null);
  return Object.fromEntries(entries.map(([key, child]) => [key, withoutNulls(child)]));
}

function valueAt(inputs: Properties, path: readonly PropertyKey[]): Value | undefined {
  let value: Value | undefined = inputs;
  for (const step of path) {
    const revealed: Value = value === undefined ? null : reveal(value);
    if (containsUnknown(revealed) && typeof revealed === "string") {
      return revealed;
    }
    if (typeof revealed !== "object" || revealed === null) {
      return undefined;
    }
    value = Array.isArray(revealed) ? revealed[Number(step)] : revealed[String(step)];
  }
  return value ?? undefined;
}
