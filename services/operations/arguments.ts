import { parseArgs } from "node:util";
import { z } from "zod";
import { type JobState, jobState, jobStates } from "../contract/jobs";
import { Refusal } from "./refusal";

/** What the program is asked to do. */
export type Operation =
  | { readonly do: "jobs list"; readonly state: JobState | undefined; readonly limit: number }
  | { readonly do: "jobs retry"; readonly id: string | undefined }
  | { readonly do: "users promote"; readonly email: string }
  | { readonly do: "users list-admins" };

export const usage = [
  `jobs list [--state ${jobStates.join("|")}] [--limit 1-1000]`,
  "jobs retry <id>",
  "jobs retry --all",
  "users promote <email>",
  "users list-admins",
].join("\n");

const limit = z.coerce.number().int().min(1).max(1_000).default(100);

/** Throws Refusal with the usage when the words are none of it. */
export function parseOperation(words: readonly string[]): Operation {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: { state: { type: "string" }, limit: { type: "string" }, all: { type: "boolean" } },
    });
    const { state, limit: count, all, ...others } = values;
    const [noun, verb, target, ...more] = positionals;
    const name = `${noun} ${verb}`;
    const given = [state, count, all, target].map((value) => value !== undefined);
    const only = (...allowed: boolean[]): boolean =>
      more.length === 0 &&
      Object.keys(others).length === 0 &&
      given.every((is, at) => !is || allowed[at] === true);
    if (name === "jobs list" && only(true, true))
      return { do: name, state: jobState.optional().parse(state), limit: limit.parse(count) };
    if (name === "jobs retry" && only(false, false, true, true) && (all === true) !== (target !== undefined))
      return { do: name, id: target };
    if (name === "users promote" && only(false, false, false, true))
      return { do: name, email: z.email().parse(target) };
    if (name === "users list-admins" && only()) return { do: name };
  } catch (error) {
    if (!(error instanceof z.ZodError) && !(error instanceof TypeError)) throw error;
  }
  throw new Refusal("bad_arguments", `write one of:\n${usage}`);
}
