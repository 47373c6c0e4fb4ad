/** Names and lengths of life of ephemeral stacks. */
import { InputError, type Problem } from "../../../components/shared/errors";
import { parseDuration, UnitError } from "../../../components/shared/units";
import { hasStackFile } from "../check-stack";

/** What the names of ephemeral stacks begin with, by which they are told from others. */
const prefix = "eph-";

/** Name of the stack: it stands in names of containers, networks, volumes and images. */
export const stackOf = (name: string): string => `${prefix}${name}`;

/** A stack's name has at most 20 characters, and this one is a label of a domain name too. */
export const isEphemeralName = (name: string): boolean =>
  /^[a-z]([a-z0-9-]{0,14}[a-z0-9])?$/.test(name) && !name.startsWith(prefix) && name.slice(2, 4) !== "--";

/** What is wrong with a name, or undefined. */
export function nameFault(root: string, name: string): string | undefined {
  const shown = JSON.stringify(name);
  if (name.startsWith(prefix) && isEphemeralName(name.slice(prefix.length)))
    return `${shown} is the name of the stack; write the name that it was made by: "${name.slice(prefix.length)}"`;
  if (!isEphemeralName(name))
    return `${shown} cannot name an ephemeral stack; write 1 to 16 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen, such as "pr-42": it becomes part of host names and of names of containers`;
  return name === "dev" || hasStackFile(root, name)
    ? `${shown} is the name of another stack, and the two would be mixed up; write another one`
    : undefined;
}

/** Seconds that a stack lives where nothing is said. */
export const defaultTtl = "8h";

const longest = { text: "7d", seconds: 7 * 86_400 };

/** Seconds of a `--ttl`, or what is wrong with it. */
export function readTtl(text: string): { readonly seconds: number } | { readonly fault: string } {
  try {
    const seconds = parseDuration(text);
    if (seconds < 1) return { fault: `${JSON.stringify(text)} is no time to live; write "1s" or more` };
    return seconds > longest.seconds
      ? {
          fault: `${JSON.stringify(text)} is longer than an ephemeral stack may live; write "${longest.text}" or less, and extend it later`,
        }
      : { seconds };
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    return { fault: error.message };
  }
}

const problem = (code: string, path: string, message: string): Problem => ({ code, file: "", path, message });

/** The name as it is. @throws InputError where it can name no ephemeral stack. */
export function checkedName(root: string, name: string): string {
  const fault = nameFault(root, name);
  if (fault !== undefined) throw new InputError([problem("ephemeral-name", "", fault)]);
  return name;
}

/** Seconds to live of a stack. @throws InputError with what is wrong with the name and with the time. */
export function checkedRequest(root: string, name: string, ttl: string): number {
  const nameProblem = nameFault(root, name);
  const time = readTtl(ttl);
  const problems = [
    ...(nameProblem === undefined ? [] : [problem("ephemeral-name", "", nameProblem)]),
    ...("fault" in time ? [problem("ttl", "--ttl", time.fault)] : []),
  ];
  if ("fault" in time || problems.length > 0) throw new InputError(problems);
  return time.seconds;
}
