import { type HostPlan, planHost, renderApply, renderCheck } from "../../components/host";
import { describeHostPlan } from "../../scripts/operations/host-plan";
import { hostArgs } from "../../stacks/host";
import { settingsOf } from "./plans";

/** The plan of the host of a stack, from the text of its file. */
export const hostPlanOf = (text: string): HostPlan => planHost(hostArgs(settingsOf(text, "production")));

/** Everything that a plan renders, by path: the files of the host, a pair of scripts a group, and the whole for people. */
export function renderedHost(plan: HostPlan): Record<string, string> {
  return Object.fromEntries([
    ...plan.groups.flatMap((group) => [
      ...group.steps.flatMap(({ files }) =>
        files.map(({ path, content }): [string, string] => [`files${path}`, content]),
      ),
      [`${group.name}.apply.sh`, renderApply(plan, group)],
      [`${group.name}.check.sh`, renderCheck(plan, group)],
    ]),
    ["plan.txt", describeHostPlan("production", plan)],
  ]);
}
