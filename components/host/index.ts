export type { HostArgs } from "./args";
export { type DistributionName, distributionNames } from "./distribution";
export { type HostPlan, planHost } from "./plan";
export { renderApply, renderCheck } from "./render";
export type { HostFile, HostGroup, HostStep } from "./step";
