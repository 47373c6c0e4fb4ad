export type { MonitoringImage, MonitoringPlanArgs, ScrapeTarget } from "./args";
export { Monitoring, type MonitoringArgs } from "./component";
export { grafanaFiles, renderDashboard } from "./grafana";
export { type MonitoringPlan, planMonitoring } from "./plan";
export { renderAlertmanager, renderAlerts, renderPrometheus } from "./prometheus";
