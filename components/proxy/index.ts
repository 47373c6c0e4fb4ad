export type { ProxyPlanArgs, ProxyRouting, ProxySite, Upstream } from "./args";
export { operationsPort, renderCaddyfile } from "./caddyfile";
export { type ProxyArgs, ReverseProxy } from "./component";
export { configFiles } from "./files";
export { strictPolicy } from "./headers";
export { type ProxyPlan, planProxy } from "./plan";
