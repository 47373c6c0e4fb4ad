import { OperationError } from "../../../components/shared/errors";
import { loadFromFile } from "../../../stacks/settings/load-file";
import type { Way } from "../../../toolchain";
import { ask, requireAnswer } from "../ask";
import { checkStack, requireInitialised } from "../check-stack";
import { promised, readOutputs } from "../outputs";
import { say } from "../say";
import { openSession, type Session } from "../session";
import { withStackLock } from "../stack-lock";
import { backUpBefore } from "../state/backup";
import { upLocked } from "../up";
import { chooseSecrets, refuseWaiting } from "./choose";
import { otherPath, readStates, writeSteps } from "./file";
import { generate } from "./generate";
import {
  advance,
  begin,
  isUnderWay,
  needsUpdate,
  planRotation,
  type RotationPlan,
  resume,
  type SecretState,
  type Step,
} from "./phases";
import { reportSecrets, type SecretReport } from "./report";

export interface RotateOptions {
  readonly root: string;
  readonly stack: string;
  /** Default: all that can be rotated. */
  readonly name?: string | undefined;
  readonly yes: boolean;
  readonly forced?: Way | undefined;
  readonly verbose?: boolean | undefined;
  /** Default: now. */
  readonly clock?: () => Date;
}

/**
 * Gives secrets of a running stack new values, in updates like those of `up`, none of which fails a request, and answers
 * what is known of them then. How far each is stands in the stack's file before the update that brings it there: a run
 * that ended in between is completed by the next.
 * @throws InputError where a secret cannot be rotated, OperationError where an update fails.
 */
export async function rotate(options: RotateOptions): Promise<SecretReport[]> {
  const { root, stack, name, yes, forced, clock = () => new Date() } = options;
  requireAnswer("secrets rotate", yes);
  const wanted = chooseSecrets(stack, loadFromFile(root, stack).values, name);
  checkStack(root, stack, { missing: "error" });
  requireInitialised(root, stack);
  return await withStackLock(root, stack, `secrets rotate ${stack}`, async () => {
    const session = await openSession({ root, stack, forced });
    await requireDeployed(session);
    const before = readStates(root, stack);
    const plan = planRotation(before, wanted, clock());
    refuseWaiting(stack, plan);
    tell(plan);
    if (!yes && !(await ask(`Do this to ${stack}?`))) throw new OperationError("nothing was changed");
    backUpBefore(root, stack, "secrets rotate");
    await beginAll(session, before, plan, clock());
    await complete(options, clock);
    const concerned = [...plan.begun, ...plan.continued, ...plan.waiting.map((secret) => secret.name)];
    return reportSecrets(root, stack).filter((report) => concerned.some((one) => one === report.name));
  });
}

/** A first deploy is a decision of its own. */
async function requireDeployed(session: Session): Promise<void> {
  if (promised(await readOutputs(session)).containers.length > 0) return;
  const { stack } = session;
  throw new OperationError(
    `nothing of the stack ${stack} is deployed, so that there is nothing to rotate: ./backline up ${stack}`,
  );
}

function tell({ begun, continued, waiting }: RotationPlan): void {
  if (continued.length > 0) say(`completes the rotation that was begun before: ${continued.join(", ")}`);
  if (begun.length > 0) say(`gives a new value to ${begun.join(", ")}`);
  for (const { name, until } of waiting)
    say(`leaves out ${name}: what the one before has signed is accepted until ${until}`);
  say("each step is an update like that of up: what else has changed since the last one is deployed with it");
}

/** Puts a new value beside each present one, then takes the first step of all of them at once. */
async function beginAll(
  session: Session,
  states: readonly SecretState[],
  { begun }: RotationPlan,
  now: Date,
): Promise<void> {
  const { root, stack } = session;
  const chosen = states.filter(({ name }) => begun.includes(name));
  // One that is there already was made by a run that ended right after, and nothing has used it.
  for (const { name, hasOther } of chosen) if (!hasOther) await generate(session, otherPath(name));
  const resumed = states.flatMap((state) => resume(state, now) ?? []);
  writeSteps(root, stack, [...resumed, ...chosen.map((state) => begin(state, now))]);
}

/** Updates the stack to what its file says and takes the next steps, until there are none. */
async function complete(options: RotateOptions, clock: () => Date): Promise<void> {
  const { root, stack, forced, verbose } = options;
  const states = () => readStates(root, stack);
  let changes = states().some(isUnderWay);
  while (changes) {
    for (const line of states().filter(isUnderWay).map(describe)) say(line);
    const { settings } = checkStack(root, stack, { missing: "error" });
    await upLocked({ root, stack, yes: true, release: "held", forced, verbose }, settings);
    const before = states();
    const steps = before.flatMap((state): { state: SecretState; step: Step }[] => {
      const step = advance(state, clock());
      return step === undefined ? [] : [{ state, step }];
    });
    writeSteps(
      root,
      stack,
      steps.map(({ step }) => step),
    );
    changes = steps.some(({ state, step }) => needsUpdate(step, state));
  }
}

/** What the update that comes is for. */
function describe({ name, phase, hasOther }: SecretState): string {
  const what: Partial<Record<NonNullable<SecretState["phase"]>, string>> = {
    introduced: "its new value is accepted beside the old one",
    used: hasOther ? "its new value is used, the old one is still accepted" : "its new value is used",
    ended: "its old value is refused",
  };
  return `${name}: ${phase === undefined ? "" : (what[phase] ?? "")}`;
}
