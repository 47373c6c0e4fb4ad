/** Lines that the engine writes: which of them users are shown, and how. */

const frame = /^\s+at (?:async )?(?:.+ \()?(?:file:\/\/|node:|\/|[A-Za-z]:\\).*:\d+:\d+\)?$/;

/** Whether a line of output belongs to a stack trace. */
export const isStackFrame = (line: string): boolean => frame.test(line);

/** The engine shows a message of the program at once beside the stack, and again with all others at the end. */
const repeated = /^\s*[-+~]*\s*pulumi:pulumi:Stack \S+ .*\b(?:warning|error|debug): /;

/** A step that has begun, or the middle of a replacement: its end is shown. */
const unfinished =
  /^\s*[-+~<>]*\s*\S+:\S+ \S+ (?:(?:creating|updating|deleting|replacing|reading|refreshing)\b|replaced \()/;

/** What a refresh or destroy says of each resource that it leaves as it is. */
const unchanged = /^ {4}\S+:\S+ \S+\s*(?:running\s*)?$/;

/** Words about Pulumi's own command, which `destroy` of Backline says better. */
const advice = /^(?:The resources in the stack have been deleted|If you want to remove the stack completely)/;

/** Whether a line of output tells users something that the rest of it does not. */
export const isWorthShowing = (line: string): boolean =>
  ![frame, repeated, unfinished, unchanged, advice].some((pattern) => pattern.test(line));

/** `host-system creating (3s) packages: Installs what ...`: what is being done on a host, in the command's own words. */
const hostProgress =
  /^\s*[-+~]+\s*command:local:Command (host-[a-z]+) (?:creating|updating) \([^)]*\)(?: \[diff: [^\]]*\];)? ([a-z0-9-]+: [A-Z].*\.)$/;

/** The end of such a command, with the last of its lines that happened to be seen. */
const hostDone = /^(\s*[-+~]+\s*command:local:Command host-[a-z]+ (?:created|updated) \([^)]*\)).*$/;

/** What a line of output says about the host, readable; undefined if it is about something else. */
export function hostLine(line: string): string | undefined {
  const [, group, step] = hostProgress.exec(line) ?? [];
  if (step !== undefined) return `    ${group}: ${step}`;
  return hostDone.exec(line)?.[1];
}

/** A failed command is quoted whole, which can be a page of shell in one line; what it said follows in the next. */
export const withoutScript = (line: string): string =>
  line.replace(/(exit status \d+): running "(?:[^"\\]|\\.){80,}"/, "$1");

/** A resource that failed is shown without why, which the engine says again at the end. */
export function withoutReason(line: string): string {
  const [whole, head] = /^(.*\*\*\w+ failed\*\*).*$/.exec(line) ?? [];
  if (whole === undefined || head === undefined) return line;
  // Colours end behind what is left out.
  return head.includes("\u001b") ? `${head}\u001b[0m` : head;
}
