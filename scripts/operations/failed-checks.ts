import { stripVTControlCharacters } from "node:util";
import { sentenceMark } from "../../components/shared/ssh";
import type { Settings } from "../../stacks/settings/settings";

/**
 * What held an update back: a container that could not be made or a gate that it did not pass, the migrations, or a
 * configuration that was refused, or has not got its certificates.
 */
export interface FailedCheck {
  /** The service, with the number of the replica where it has several: `api 0`. */
  readonly who: string;
  readonly service: string;
  readonly kind: "replica" | "migrations" | "configuration";
  /** What was said of it, the last lines of its log below. */
  readonly lines: readonly string[];
}

/** The head of what the engine says at the end about what failed; its lines follow, further to the right. */
const head = /^ {2}(command:local:Command|docker:index:Container) \((.+)\):$/;
const margin = "    ";
const quoted = /^error: exit status \d+/;

/** The checks that failed, from all that the engine has written. What a script says of a connection is none. */
export function failedChecks(output: string): FailedCheck[] {
  const found: FailedCheck[] = [];
  const lines = stripVTControlCharacters(output).split("\n");
  lines.forEach((line, at) => {
    const [, type = "", resource = ""] = head.exec(line) ?? [];
    const check = type.startsWith("docker:") ? replica(resource) : checkOf(resource);
    if (check === undefined) return;
    const end = lines.findIndex((other, index) => index > at && !other.startsWith(margin));
    const said = lines
      .slice(at + 1, end === -1 ? undefined : end)
      .map((text) => text.slice(margin.length).trimEnd())
      .filter((text) => !quoted.test(text));
    if (said.some((text) => text.startsWith(sentenceMark))) return;
    found.push({ ...check, lines: said });
  });
  return found;
}

type Check = Omit<FailedCheck, "lines">;

function checkOf(command: string): Check | undefined {
  if (command === "migrations-apply") return { who: "migrations", service: "migrations", kind: "migrations" };
  const [, name, ending] = /^(.+)-(gate|config|certificates)$/.exec(command) ?? [];
  if (name === undefined) return undefined;
  return ending === "gate" ? replica(name) : { who: name, service: name, kind: "configuration" };
}

/** `api-0` is one of several, `proxy` the only one. */
function replica(resource: string): Check | undefined {
  const [, service, slot] = /^(.+?)(?:-(\d+))?$/.exec(resource) ?? [];
  if (service === undefined) return undefined;
  return { who: slot === undefined ? service : `${service} ${slot}`, service, kind: "replica" };
}

/** Whether the old replicas go on serving although this failed: what can exist only once had to go first. */
const servesOn = ({ kind, service }: FailedCheck, services: Settings["services"]): boolean =>
  kind !== "replica" || services.find(({ name }) => name === service)?.update === "start-first";

export interface FailedUpdate {
  readonly stack: string;
  /** What the user has run: `deploy`. */
  readonly command: string;
  readonly checks: readonly FailedCheck[];
  readonly services: Settings["services"];
  /** Id of the last good release; undefined: there is none. */
  readonly release: string | undefined;
}

/** What failed, in one block, and what now. */
export function renderFailedUpdate({ stack, command, checks, services, release }: FailedUpdate): string {
  const blocks = checks.map(({ who, lines }) => [`${who}: ${lines[0] ?? "failed"}`, ...lines.slice(1)]);
  const down = checks.filter((check) => !servesOn(check, services)).map(({ who }) => who);
  const state =
    release === undefined
      ? "Nothing was released before, so that nothing serves."
      : down.length === 0
        ? `The release ${release} serves on.`
        : `Of the release ${release} serves what is still there: ${down.join(", ")} had to go first (./backline status ${stack}).`;
  const next = `The same ${command} would fail again. What it has left goes with the next good deploy${release === undefined ? "" : `, or with ./backline rollback ${stack} ${release}`}.`;
  return [
    `${command} ${stack} failed:`,
    ...blocks.map((lines) => `\n${lines.map((line) => `  ${line}`.trimEnd()).join("\n")}`),
    "",
    `${state} ${next}`,
  ].join("\n");
}
