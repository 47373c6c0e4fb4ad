import { planToolchain, rememberedToolchain } from "../../../toolchain";
import { cacheRoot } from "../../../toolchain/cache";
import { answers } from "../../../toolchain/choose";
import { canPull } from "../../../toolchain/images";
import { officialProbe } from "../../../toolchain/official";
import { projectPaths } from "../project";
import { type Finding, ok, warn } from "./finding";

export interface ToolFindings {
  readonly findings: readonly Finding[];
  /** Whether tools have yet to be built, which needs Go. */
  readonly mustBuild: boolean;
}

/** Which toolchain there is or would be chosen, and what the network reaches. */
export async function checkTools(root: string): Promise<ToolFindings> {
  const { toolchain: memory } = projectPaths(root);
  const [remembered, plan, site, registry] = await Promise.all([
    rememberedToolchain({ memory }),
    planToolchain({ memory }),
    answers(officialProbe),
    canPull(),
  ]);
  const tools =
    remembered !== undefined
      ? ok("Pulumi", `${remembered.kind} way, ready: ${remembered.pulumi}`)
      : warn(
          "Pulumi",
          `not ready; ${plan?.choice.reason ?? "unknown"}`,
          `./backline up gets it: ${plan?.sentences.join(" ") ?? ""}`,
        );
  return {
    mustBuild: remembered === undefined && plan?.choice.way === "registry",
    findings: [
      tools,
      ok("cache", cacheRoot()),
      reach("get.pulumi.com", site, "Pulumi and its plugins are built from package registries"),
      reach("container registry", registry, "images are built from package registries, without Grafana"),
    ],
  };
}

const reach = (site: string, isReached: boolean, instead: string): Finding =>
  isReached ? ok(site, "answers") : warn(site, "cannot be reached", `nothing to do: ${instead}`);
