/**
 * Every third-party image that Backline runs, with its version and the digest of the multi-platform index behind it.
 * Where a digest is given, nothing else is accepted from a registry. Each digest was found in at least two independent
 * public projects that pin the same version, some in the image makers' own records too.
 */
export interface CatalogueImage {
  /** Repository as Docker writes it, without a registry's host for Docker Hub. */
  readonly repository: string;
  /** A version; never `latest`. */
  readonly tag: string;
  readonly digest?: string;
}

export const catalogue = {
  node: {
    repository: "node",
    tag: "24.21.0-bookworm-slim",
    digest: "sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6",
  },
  postgres: {
    repository: "postgres",
    tag: "15.19-bookworm",
    digest: "sha256:539ceaaae49b3a7c8a04467cf00cc6788d8e3f1675df41860d86eebc4c40524f",
  },
  redis: {
    repository: "redis",
    tag: "7.2.16-bookworm",
    digest: "sha256:0637954999d01b7c9ce9167db2da50656e2590d3b884f1c600c5f63bb6e6773c",
  },
  caddy: {
    repository: "caddy",
    tag: "2.11.7-alpine",
    digest: "sha256:d8542f48d34a9cf4e4c11a478865229840e87e4c96ea3f439101f31a5d35f75f",
  },
  prometheus: {
    repository: "prom/prometheus",
    tag: "v2.53.5",
    digest: "sha256:7a34573f0b9c952286b33d537f233cd5b708e12263733aa646e50c33f598f16c",
  },
  alertmanager: {
    repository: "prom/alertmanager",
    tag: "v0.28.1",
    digest: "sha256:27c475db5fb156cab31d5c18a4251ac7ed567746a2483ff264516437a39b15ba",
  },
  nodeExporter: {
    repository: "prom/node-exporter",
    tag: "v1.9.1",
    digest: "sha256:d00a542e409ee618a4edc67da14dd48c5da66726bbd5537ab2af9c1dfc442c8a",
  },
  redisExporter: {
    repository: "oliver006/redis_exporter",
    tag: "v1.93.0-alpine",
    digest: "sha256:93831cd4d5d67687de67c9d5221b14312fea580af8d157583ed9d4459bf2dd70",
  },
  postgresExporter: {
    repository: "prometheuscommunity/postgres-exporter",
    tag: "v0.17.1",
    digest: "sha256:38606faa38c54787525fb0ff2fd6b41b4cfb75d455c1df294927c5f611699b17",
  },
  grafana: {
    repository: "grafana/grafana",
    tag: "12.4.11",
    digest: "sha256:3ea272e5cab64a4a62240c682e2c62433b25614d956d44c299a10cb6994f6f2e",
  },
} as const satisfies Record<string, CatalogueImage>;

export type ImageName = keyof typeof catalogue;
