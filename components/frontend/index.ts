export type { FrontendPlanArgs, FrontendSettings, FrontendSite, Target, Variable } from "./args";
export { Frontend } from "./component";
export { type PrebuiltOutput, writeOutput } from "./output";
export { type FrontendPlan, planFrontend } from "./plan";
