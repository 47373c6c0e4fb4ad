import type { ImageName } from "../components/images/catalogue";
import type { Settings } from "./settings";

const always: readonly ImageName[] = ["node", "postgres", "redis", "caddy"];
const monitoringImages: readonly ImageName[] = [
  "prometheus",
  "alertmanager",
  "nodeExporter",
  "redisExporter",
  "postgresExporter",
];

/** The third-party images that a stack uses, by their names in the catalogue. */
export const usedImages = ({
  monitoring,
}: {
  readonly monitoring: Pick<Settings["monitoring"], "enabled" | "grafana">;
}): ImageName[] => [
  ...always,
  ...(monitoring.enabled ? monitoringImages : []),
  ...(monitoring.grafana ? (["grafana"] as const) : []),
];
