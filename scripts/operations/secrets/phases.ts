/** What has to happen to a secret next: pure. Every phase is kept in the stack's file, so that any run goes on from it. */
import type { RotationPhase } from "../../../stacks/settings/rotation-fields";
import type { SecretName } from "../../../stacks/settings/secret-names";
import { catalogue, moment, type RotationWay, signedUntil } from "./catalogue";

/** What a stack's file says of a secret. */
export interface SecretState {
  readonly name: SecretName;
  /** When it was last changed; undefined: nobody wrote that down. */
  readonly changed: string | undefined;
  readonly rotations: number;
  readonly phase: RotationPhase | undefined;
  /** Whether there is a second value. */
  readonly hasOther: boolean;
  readonly until: string | undefined;
}

/** One step of a secret, as a change of the stack's file. */
export interface Step {
  readonly name: SecretName;
  /** What happens to its two values: `swap` exchanges them, `take` puts the other in the place of the first, `drop` removes the other. */
  readonly values: "keep" | "swap" | "take" | "drop";
  readonly phase: RotationPhase | undefined;
  /** Undefined: it stays. */
  readonly changed?: string;
  readonly rotations?: number;
  /** Undefined: it goes. */
  readonly until?: string | undefined;
}

/** Whether it changes what runs. */
export const needsUpdate = ({ values, until }: Step, before: SecretState): boolean =>
  values !== "keep" || until !== before.until;

const wayOf = (name: SecretName): RotationWay | undefined => catalogue[name].way;

/** A new value comes into use. */
const use = ({ name, rotations }: SecretState, values: "swap" | "take", now: Date): Omit<Step, "until"> => ({
  ...{ name, values, phase: "used", changed: moment(now), rotations: rotations + 1 },
});

/** The first step of a secret whose new value has been put beside the present one. */
export function begin(state: SecretState, now: Date): Step {
  switch (wayOf(state.name)) {
    case "signing":
      return { name: state.name, values: "keep", phase: "introduced" };
    case "beside":
      return use(state, "swap", now);
    case "at-once":
      return use(state, "take", now);
    case undefined:
      throw new Error(`${state.name} is not rotated`);
  }
}

/** What comes after an update has brought a stack to a phase; undefined: nothing. */
export function advance(state: SecretState, now: Date): Step | undefined {
  const { name, phase, until, hasOther } = state;
  if (phase === "introduced")
    return hasOther
      ? { ...use(state, "swap", now), until: signedUntil(now) }
      : // Somebody has taken the new value away, and with it the rotation.
        { name, values: "keep", phase: undefined };
  if (phase === "ended") return { name, values: "keep", phase: undefined };
  if (phase !== "used") return undefined;
  switch (wayOf(name)) {
    case "signing":
      return { name, values: "keep", phase: "expiring", until };
    case "beside":
      return { name, values: "drop", phase: "ended" };
    default:
      return { name, values: "keep", phase: undefined };
  }
}

/** What a run does before its first update: ends what has expired, and gives an update that comes later its time. */
export function resume(state: SecretState, now: Date): Step | undefined {
  const { name, phase, until, hasOther } = state;
  if (phase === "expiring" && (!hasOther || until === undefined || Date.parse(until) <= now.getTime()))
    return { name, values: hasOther ? "drop" : "keep", phase: "ended" };
  if (phase === "used" && wayOf(name) === "signing")
    return { name, values: "keep", phase, until: signedUntil(now) };
  return undefined;
}

/** Whether updates are needed until it is done. */
export const isUnderWay = ({ phase }: SecretState): boolean => phase !== undefined && phase !== "expiring";

export interface RotationPlan {
  /** Secrets that get a new value. */
  readonly begun: readonly SecretName[];
  /** Those whose rotation was begun before and is completed. */
  readonly continued: readonly SecretName[];
  /** Those whose old value is still accepted, until when, so that they cannot be rotated again yet. */
  readonly waiting: readonly { readonly name: SecretName; readonly until: string }[];
}

/** What a run does for the wanted secrets, or for all that can be rotated. */
export function planRotation(
  states: readonly SecretState[],
  wanted: readonly SecretName[],
  now: Date,
): RotationPlan {
  const ended = states.filter((state) => isUnderWay(state) || resume(state, now)?.phase === "ended");
  const continued = ended.map(({ name }) => name);
  const idle = states.filter(({ name }) => wanted.includes(name) && !continued.includes(name));
  return {
    continued,
    begun: idle.filter(({ phase }) => phase === undefined).map(({ name }) => name),
    waiting: idle.flatMap(({ name, phase, until = "" }) => (phase === "expiring" ? [{ name, until }] : [])),
  };
}
