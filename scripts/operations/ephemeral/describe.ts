import { ageOf, remaining } from "../duration";
import { table } from "../table";
import { type Ephemeral, type State, stateOf } from "./find";
import { stackOf } from "./names";

/** What `ephemeral list --json` prints of a stack. */
export interface EphemeralDescription {
  readonly name: string;
  readonly stack: string;
  readonly state: State;
  /** ISO 8601. */
  readonly created: string;
  readonly until: string;
  /** Whole seconds; 0 where the time is over. */
  readonly remainingSeconds: number;
  readonly urls: Readonly<Record<string, string>>;
  /** Address of the host; null is this machine's Docker. */
  readonly host: string | null;
  /** Whether this checkout made it. */
  readonly here: boolean;
  readonly checkout: string;
}

export function describeEphemeral(ephemeral: Ephemeral, now = new Date()): EphemeralDescription {
  const { record, here } = ephemeral;
  const { name, created, until, urls, checkout, machine, host } = record;
  return {
    name,
    stack: stackOf(name),
    state: stateOf(ephemeral, now),
    created,
    until,
    remainingSeconds: Math.max(0, Math.floor((new Date(until).getTime() - now.getTime()) / 1000)),
    urls,
    host: typeof host.address === "string" ? host.address : null,
    here,
    checkout: `${machine}:${checkout}`,
  };
}

/** The site that people begin with: the front end where there is one. */
const startOf = (urls: Readonly<Record<string, string>>): string => urls.app ?? Object.values(urls)[0] ?? "-";

export function renderEphemerals(ephemerals: readonly Ephemeral[], now = new Date()): string {
  if (ephemerals.length === 0)
    return "There is no ephemeral stack; ./backline ephemeral create <name> makes one.\n";
  const rows = ephemerals.map((ephemeral) => {
    const { name, stack, state, created, until, urls, host } = describeEphemeral(ephemeral, now);
    return [name, stack, state, ageOf(created, now), remaining(until, now), host ?? "-", startOf(urls)];
  });
  return table(["NAME", "STACK", "STATE", "AGE", "REMAINING", "HOST", "URL"], rows);
}
