import type { Limits, StackContext } from "../shared/context";
import type { Secret } from "../shared/secret";

/** A container that Prometheus scrapes. */
export interface ScrapeTarget {
  readonly container: string;
  readonly port: number;
  readonly path: string;
  readonly labels: Readonly<Record<string, string>>;
}

export type MonitoringImage =
  | "prometheus"
  | "alertmanager"
  | "nodeExporter"
  | "redisExporter"
  | "postgresExporter"
  | "grafana";

export interface MonitoringPlanArgs extends StackContext {
  readonly references: Readonly<Record<MonitoringImage, string>>;
  readonly grafana: boolean;
  /** Seconds that samples are kept. */
  readonly retention: number;
  /** Where Alertmanager posts alerts; undefined: it only shows them. May hold a token, so it is never in a name. */
  readonly alertWebhook: string | undefined;
  readonly limits: {
    readonly prometheus: Limits;
    readonly alertmanager: Limits;
    readonly grafana: Limits;
    readonly exporter: Limits;
  };
  /** Scrape jobs of the services, by job name. */
  readonly services: Readonly<Record<string, readonly ScrapeTarget[]>>;
  readonly proxy: ScrapeTarget;
  /** Undefined: the system has none. */
  readonly postgres:
    | {
        readonly host: string;
        readonly port: number;
        readonly database: string;
        readonly user: string;
      }
    | undefined;
  /** Undefined: the system has none. */
  readonly redis: { readonly host: string; readonly port: number } | undefined;
  readonly secrets: {
    readonly postgresMonitoringPassword: Secret;
    readonly redisPassword: Secret;
    readonly grafanaPassword: Secret;
  };
  /** How often a password was rotated. */
  readonly rotations: {
    readonly grafanaPassword: number;
  };
}
