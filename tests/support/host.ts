import {
  checkScript,
  type DistributionName,
  type HostPlan,
  planHost,
  renderApply,
  renderCheck,
} from "../../components/host";
import { applyScript } from "../../components/host/remote";
import { describeHostPlan } from "../../scripts/operations/host-plan";
import { hostArgs, sshAccess } from "../../stacks/host";
import type { Settings } from "../../stacks/settings";
import { settingsOf } from "./plans";

/** The plan of the host of a stack, from its settings. */
export const hostPlanOf = (settings: Settings, distribution: DistributionName): HostPlan =>
  planHost(hostArgs(settings), distribution);

/**
 * Everything that is rendered for a host, by path: its files, a pair of scripts a group, the scripts of the operator's
 * machine, and the whole for people.
 */
export function renderedHost(text: string, distribution: DistributionName): Record<string, string> {
  const settings = settingsOf(text, "production");
  const plan = hostPlanOf(settings, distribution);
  const ssh = sshAccess(settings);
  if (ssh === undefined) throw new Error("there is no host");
  return Object.fromEntries([
    ...plan.groups.map((group): [string, string] => [
      `operator/${group.name}.apply.sh`,
      `${applyScript(ssh, group)}\n`,
    ]),
    ["operator/check.sh", `${checkScript(ssh)}\n`],
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
