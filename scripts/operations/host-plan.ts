import type { DistributionName } from "../../components/host/distribution";
import { type HostPlan, planHost } from "../../components/host/plan";
import { renderApply, renderCheck } from "../../components/host/render";
import type { HostStep } from "../../components/host/step";
import { hostArgs } from "../../stacks/host";
import { checkStack } from "./check-stack";
import { projectRoot } from "./project";
import { requireHost } from "./reach";
import { print, printJson, reportWarnings } from "./say";

/** Prints what the host of a stack will be given. Reads the stack's file alone; its secrets are not needed. */
export function showHostPlan(stack: string, distribution: DistributionName, json: boolean): void {
  const { settings, warnings } = checkStack(projectRoot, stack, { missing: "warn" });
  requireHost(settings);
  // Secrets have nothing to do with the host.
  const ofHost = warnings.filter(({ path }) => path.startsWith("host."));
  const plan = planHost(hostArgs(settings), distribution);
  if (json) printJson({ stack, warnings: ofHost, ...hostPlanData(plan) });
  else {
    reportWarnings(ofHost);
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
  const { release } = plan.distribution;
  const untried = release === "ubuntu-24.04" ? ", which nobody has tried end to end yet" : "";
  const other = release === "ubuntu-24.04" ? "debian-12" : "ubuntu-24.04";
  return [
    `What the host of ${stack} is given: ${steps.length} steps in ${plan.groups.length} groups, for ${release}${untried}.`,
    `A host takes the part for what it runs by itself; --distribution ${other} shows the other one.`,
    `Nothing was connected to or changed: ./backline up ${stack} applies it.`,
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
