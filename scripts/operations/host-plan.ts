import { type HostPlan, type HostStep, planHost, renderApply, renderCheck } from "../../components/host";
import { InputError, type Problem } from "../../components/shared/errors";
import { checkHostPlan, hostArgs } from "../../stacks/host";
import type { Finding } from "../../stacks/settings/checks";
import { stackFile } from "../../stacks/settings/load-file";
import { checkStack } from "./check-stack";
import { projectRoot } from "./project";
import { print, printJson, reportWarnings } from "./say";

/** Prints what the host of a stack will be given. Reads the stack's file alone; its secrets are not needed. */
export function showHostPlan(stack: string, json: boolean): void {
  const { settings } = checkStack(projectRoot, stack, { missingSecrets: "warn" });
  const locate = (finding: Finding): Problem => ({ ...finding, file: stackFile(stack) });
  const { errors, warnings } = checkHostPlan(settings);
  if (errors.length > 0) throw new InputError(errors.map(locate));
  const plan = planHost(hostArgs(settings));
  if (json) printJson({ stack, warnings: warnings.map(locate), ...hostPlanData(plan) });
  else {
    reportWarnings(warnings.map(locate));
    print(describeHostPlan(stack, plan));
  }
}

/** The plan as data, each group with its scripts. */
export function hostPlanData(plan: HostPlan) {
  return {
    distribution: plan.distribution.release,
    container: plan.container,
    groups: plan.groups.map((group) => ({
      ...group,
      apply: renderApply(plan, group),
      check: renderCheck(plan, group),
    })),
  };
}

const indent = (text: string, by: number): string =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => (line === "" ? "" : `${" ".repeat(by)}${line}`))
    .join("\n");

/** The plan for people: a summary, then every step whole. */
export function describeHostPlan(stack: string, plan: HostPlan): string {
  const steps = plan.groups.flatMap((group) => group.steps);
  const untried =
    plan.distribution.release === "ubuntu-24.04" ? ", which nobody has tried end to end yet" : "";
  return [
    `What the host of ${stack} will be given: ${steps.length} steps in ${plan.groups.length} groups, for ${plan.distribution.release}${untried}.`,
    "Nothing was connected to or changed; applying it is not there yet.",
    ...plan.groups.flatMap(({ name, guarded, steps: all }) => [
      "",
      `# ${name}${guarded ? " (could lock the operator out)" : ""}`,
      ...all.flatMap((step) => ["", ...describeStep(plan, step)]),
    ]),
    "",
  ].join("\n");
}

function describeStep(
  plan: HostPlan,
  { name, sets, files, apply, check, undo, kernelWide }: HostStep,
): string[] {
  const leftOut = plan.container && kernelWide;
  return [
    `## ${name}`,
    sets,
    ...(leftOut ? ["Left out here: a container shares the kernel with others."] : []),
    ...files.flatMap((file) => [
      `  file ${file.path} (${file.mode}, ${file.owner})`,
      indent(file.content, 6),
      ...(file.validate === undefined ? [] : ["    accepted by", indent(file.validate, 6)]),
    ]),
    "  apply",
    indent(apply, 6),
    "  check",
    indent(check, 6),
    "  undo",
    indent(undo, 6),
  ];
}
