/**
 * Every third-party image that Backline runs, with its version.
 *
 * `digest` is the content digest of the multi-platform index behind the tag, as published in the image's own
 * registry; where it is given, nothing else is accepted from a registry.
 */
export interface CatalogueImage {
  /** Repository as Docker writes it, without a registry's host for Docker Hub. */
  readonly repository: string;
  /** A version; never `latest`. */
  readonly tag: string;
  readonly digest?: string;
}

export const catalogue = {
  node: { repository: "node", tag: "24.21.0-bookworm-slim" },
  postgres: { repository: "postgres", tag: "15.20-bookworm" },
  redis: { repository: "redis", tag: "7.2.11-bookworm" },
  caddy: { repository: "caddy", tag: "2.11.9-alpine" },
  prometheus: { repository: "prom/prometheus", tag: "v2.53.5" },
  alertmanager: { repository: "prom/alertmanager", tag: "v0.28.1" },
  nodeExporter: { repository: "prom/node-exporter", tag: "v1.9.1" },
  redisExporter: { repository: "oliver006/redis_exporter", tag: "v1.74.0-alpine" },
  postgresExporter: { repository: "prometheuscommunity/postgres-exporter", tag: "v0.17.1" },
  grafana: { repository: "grafana/grafana", tag: "11.6.1" },
} as const satisfies Record<string, CatalogueImage>;

export type ImageName = keyof typeof catalogue;
