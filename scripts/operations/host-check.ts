import { distributionNames } from "../../components/host/distribution";
import { groups as hostGroups, planHost } from "../../components/host/plan";
import { checkParts, checkScript } from "../../components/host/remote";
import { OperationError } from "../../components/shared/errors";
import { runScript } from "../../stacks/connection";
import { hostArgs } from "../../stacks/host";
import type { Settings } from "../../stacks/settings/settings";
import { checkStack } from "./check-stack";
import { projectRoot } from "./project";
import { requireHost, requireProgram, requireSettings } from "./reach";
import { print, printJson } from "./say";

export interface StepState {
  readonly name: string;
  /** `left-out`: it concerns a kernel that the host shares with others. */
  readonly state: "ok" | "drift" | "left-out";
  /** What differs, or why it is left out. */
  readonly details: readonly string[];
}

export interface GroupState {
  readonly name: string;
  readonly steps: readonly StepState[];
}

/** Prints how the host is, seen against the stack's file. @throws OperationError if something differs. */
export async function showHostCheck(stack: string, json: boolean): Promise<void> {
  const { settings } = checkStack(projectRoot, stack, { missing: "warn" });
  const groups = await checkHost(settings);
  const { drift, summary } = summarise(stack, groups);
  if (json) printJson({ stack, ok: drift === 0, groups });
  else print(`${renderCheck(groups)}${drift === 0 ? `\n${summary}\n` : ""}`);
  if (drift > 0) throw new OperationError(summary);
}

/** Looks at every step on the host, and changes nothing. @throws OperationError if the host cannot be reached. */
export async function checkHost(settings: Settings): Promise<GroupState[]> {
  const access = requireHost(settings);
  requireProgram("ssh");
  requireSettings(settings, "connection");
  const args = hostArgs(settings);
  const { stdout } = await runScript(checkScript(access), checkParts(args));
  // The names of the steps are the same for every distribution.
  const [distribution] = distributionNames;
  const expected = planHost(args, distribution).groups.map(({ name, steps }) => ({
    name,
    steps: steps.map((step) => step.name),
  }));
  return groupStates(expected, parseCheck(stdout));
}

/** `ok: x`, `drift: x` with indented lines below it, `left out: x, why`. */
export function parseCheck(text: string): StepState[] {
  const steps: { name: string; state: StepState["state"]; details: string[] }[] = [];
  for (const line of text.split("\n")) {
    const [, word, name = "", why] = /^(ok|drift|left out): ([a-z0-9-]+)(?:, (.*))?$/.exec(line) ?? [];
    if (word === "ok" || word === "drift") steps.push({ name, state: word, details: [] });
    else if (word !== undefined)
      steps.push({ name, state: "left-out", details: why === undefined ? [] : [why] });
    else if (line.startsWith("  ")) steps.at(-1)?.details.push(line.trim());
  }
  return steps;
}

/** What was found, in the plan's order. @throws OperationError where the host said nothing of a step. */
export function groupStates(
  expected: readonly { readonly name: string; readonly steps: readonly string[] }[],
  found: readonly StepState[],
): GroupState[] {
  const known = new Map(found.map((step) => [step.name, step]));
  return expected.map(({ name, steps }) => ({
    name,
    steps: steps.map((step) => {
      const state = known.get(step);
      if (state !== undefined) return state;
      throw new OperationError(`the check of the host ended before the step ${step}; run the command again`);
    }),
  }));
}

export const drifting = (groups: readonly GroupState[]): StepState[] =>
  groups.flatMap(({ steps }) => steps.filter(({ state }) => state === "drift"));

export function summarise(stack: string, groups: readonly GroupState[]) {
  const steps = groups.flatMap((group) => group.steps);
  const leftOut = steps.filter(({ state }) => state === "left-out").length;
  const checked = steps.length - leftOut;
  const drift = drifting(groups).length;
  const rest = leftOut === 0 ? "" : ` (${leftOut} left out)`;
  return {
    drift,
    summary:
      drift === 0
        ? `All ${checked} steps are as they should be${rest}.`
        : `${drift} of ${checked} steps ${drift === 1 ? "differs" : "differ"}${rest}; ./backline host apply ${stack} puts ${drift === 1 ? "it" : "them"} right`,
  };
}

const words: Readonly<Record<StepState["state"], string>> = {
  ok: "ok",
  drift: "drift",
  "left-out": "left out",
};

export function renderCheck(groups: readonly GroupState[]): string {
  const guarded = new Set<string>(hostGroups.filter((group) => group.guarded).map(({ name }) => name));
  return groups
    .map(({ name, steps }) =>
      [
        `${name}${guarded.has(name) ? " (who may connect)" : ""}`,
        ...steps.flatMap((step) => [
          `  ${words[step.state].padEnd(8)}  ${step.name}`,
          ...(step.state === "drift" ? step.details.map((line) => `              ${line}`) : []),
        ]),
        "",
      ].join("\n"),
    )
    .join("");
}
