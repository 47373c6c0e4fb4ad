export type { HostArgs } from "./args";
export { HardenedHost } from "./component";
export { type DistributionName, distributionNames } from "./distribution";
export { groups, type HostPlan, planHost } from "./plan";
export { applyParts, applyScript, checkParts, checkScript, factsScript } from "./remote";
export { renderApply, renderCheck } from "./render";
export type { HostFile, HostGroup, HostStep } from "./step";
