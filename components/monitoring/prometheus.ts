import { stringify } from "yaml";
import type { ScrapeTarget } from "./args";

/** Ports of Prometheus' own family, as their makers chose them. */
export const ports = {
  prometheus: 9090,
  alertmanager: 9093,
  nodeExporter: 9100,
  redisExporter: 9121,
  postgresExporter: 9187,
  grafana: 3000,
} as const;

export interface PrometheusConfig {
  readonly stack: string;
  /** Targets by job. */
  readonly jobs: Readonly<Record<string, readonly ScrapeTarget[]>>;
}

const defaultPath = "/metrics";
const metricsPath = (path: string) => (path === defaultPath ? {} : { metrics_path: path });

/** prometheus.yml: every target by its container's name, known before the container exists. */
export function renderPrometheus({ stack, jobs }: PrometheusConfig): string {
  return stringify({
    global: { scrape_interval: "15s", evaluation_interval: "15s", external_labels: { stack } },
    rule_files: ["alerts.yml"],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`alertmanager:${ports.alertmanager}`] }] }] },
    scrape_configs: Object.entries(jobs).map(([job, targets]) => ({
      job_name: job,
      // All replicas of a service have the same; `/metrics` is Prometheus' own default.
      ...metricsPath(targets[0]?.path ?? defaultPath),
      static_configs: targets.map(({ container, port, labels }) => ({
        targets: [`${container}:${port}`],
        labels,
      })),
    })),
  });
}

/** What a rule or a panel is about, where not every system has it. */
export type Subject = "postgres" | "redis";

interface Alert {
  /** Undefined: every system has what it is about, or has nothing that could raise it. */
  readonly about?: Subject;
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly severity: "page" | "ticket";
  readonly summary: string;
}

/**
 * Free part of each file system that can be written to. Docker's data may have one of their own: what counts is that it
 * is one, wherever it is mounted.
 */
const freeDisk =
  '(node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs|overlay|squashfs|iso9660"} / node_filesystem_size_bytes and node_filesystem_readonly == 0)';

/**
 * How often a process was started again within 15 minutes. An update counts for nothing: what it makes are containers
 * with other names. PostgreSQL begins its statistics anew after it has not ended in order.
 */
const restarts =
  "(changes(process_start_time_seconds[15m]) > 0 or resets(redis_uptime_in_seconds[15m]) > 0 or max by (job, instance) (resets(pg_stat_database_xact_commit[15m])) > 0)";

/** What someone is told about, and when. Thresholds come from the systems' requirements. */
const alerts: readonly Alert[] = [
  {
    alert: "TargetDown",
    expr: "up == 0",
    for: "1m",
    severity: "page",
    summary: "{{ $labels.job }} {{ $labels.instance }} does not answer Prometheus",
  },
  {
    alert: "ApiErrors",
    expr: 'sum(rate(http_request_duration_seconds_count{status=~"5.."}[5m])) / sum(rate(http_request_duration_seconds_count[5m])) > 0.05',
    for: "5m",
    severity: "page",
    summary: "more than 5 % of the requests fail",
  },
  {
    alert: "QueueLong",
    expr: 'sum(queue_jobs{state="waiting"}) > 50',
    for: "5m",
    severity: "ticket",
    summary: "more than 50 jobs wait",
  },
  {
    alert: "QueueOld",
    expr: "max by (queue) (queue_oldest_job_age_seconds) > 300",
    for: "2m",
    severity: "page",
    summary: "a job of the queue {{ $labels.queue }} waits for more than 5 minutes: no worker takes it",
  },
  {
    alert: "OutboxOld",
    expr: "max(outbox_oldest_due_seconds) > 60",
    for: "2m",
    severity: "page",
    summary: "a committed change is not announced for more than a minute",
  },
  {
    alert: "ProviderFailing",
    expr: "max by (client, provider) (outbound_breaker_state) == 2",
    for: "5m",
    severity: "ticket",
    summary: "the {{ $labels.provider }} provider of {{ $labels.client }} fails and is left alone",
  },
  {
    alert: "NoProvider",
    expr: "min by (client) (outbound_breaker_state) == 2",
    for: "1m",
    severity: "page",
    summary: "no provider of {{ $labels.client }} works",
  },
  {
    alert: "RateLimited",
    expr: 'sum(rate(http_request_duration_seconds_count{status="429"}[5m])) / sum(rate(http_request_duration_seconds_count[5m])) > 0.1',
    for: "10m",
    severity: "ticket",
    summary: "more than 10 % of the requests exceed a rate limit",
  },
  {
    alert: "SlowClients",
    expr: 'sum(rate(websocket_disconnects_total{code="4413"}[5m])) > 0.1',
    for: "10m",
    severity: "ticket",
    summary: "clients that read too slowly are dropped, more than 6 a minute",
  },
  {
    alert: "EventLoopSlow",
    expr: "max by (job, instance) (nodejs_eventloop_lag_p99_seconds) > 0.25",
    for: "5m",
    severity: "ticket",
    summary: "{{ $labels.job }} {{ $labels.instance }} is too busy: its event loop lags by more than 250 ms",
  },
  {
    alert: "PoolExhausted",
    expr: "avg by (job, instance) (avg_over_time(postgres_pool_waiting[5m])) > 1",
    for: "5m",
    severity: "ticket",
    summary: "callers of {{ $labels.job }} {{ $labels.instance }} wait for connections to PostgreSQL",
  },
  {
    about: "postgres",
    alert: "PostgresDown",
    expr: "pg_up == 0",
    for: "30s",
    severity: "page",
    summary: "PostgreSQL does not answer",
  },
  {
    about: "redis",
    alert: "RedisDown",
    expr: "redis_up == 0",
    for: "30s",
    severity: "page",
    summary: "Redis does not answer",
  },
  {
    about: "postgres",
    alert: "PostgresConnectionsHigh",
    expr: "sum(pg_stat_activity_count) > 0.8 * max(pg_settings_max_connections)",
    for: "5m",
    severity: "ticket",
    summary: "more than 80 % of PostgreSQL's connections are taken",
  },
  {
    about: "redis",
    alert: "RedisMemoryHigh",
    expr: "redis_memory_used_bytes / (redis_memory_max_bytes > 0) > 0.9",
    for: "5m",
    severity: "page",
    summary: "Redis is above 90 % of maxmemory and will refuse writes",
  },
  {
    alert: "HostMemoryHigh",
    expr: "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes > 0.9",
    for: "5m",
    severity: "page",
    summary: "the host's memory is above 90 %",
  },
  {
    alert: "HostDiskLow",
    expr: `${freeDisk} < 0.1`,
    for: "1m",
    severity: "page",
    summary: "less than 10 % of the file system at {{ $labels.mountpoint }} is free",
  },
  {
    alert: "HostDiskFilling",
    expr: `${freeDisk} < 0.4 and predict_linear(node_filesystem_avail_bytes[1h], 4 * 3600) < 0`,
    for: "10m",
    severity: "page",
    summary: "the file system at {{ $labels.mountpoint }} will be full within 4 hours",
  },
  {
    alert: "OutOfMemory",
    expr: "increase(node_vmstat_oom_kill[15m]) > 0",
    for: "0s",
    severity: "ticket",
    summary: "a process on the host has ended for lack of memory",
  },
  {
    alert: "Restarted",
    expr: restarts,
    for: "0s",
    severity: "ticket",
    summary: "{{ $labels.job }} {{ $labels.instance }} has ended by itself and was started again",
  },
  {
    alert: "RestartsAgain",
    expr: `${restarts} > 2`,
    for: "0s",
    severity: "page",
    summary: "{{ $labels.job }} {{ $labels.instance }} was started again {{ $value }} times in 15 minutes",
  },
];

/** alerts.yml, for a system that has these stores. */
export function renderAlerts(stores: readonly Subject[]): string {
  return stringify(
    {
      groups: [
        {
          name: "backline",
          rules: alerts
            .filter(({ about }) => about === undefined || stores.includes(about))
            .map(({ alert, expr, for: wait, severity, summary }) => ({
              alert,
              expr,
              for: wait,
              labels: { severity },
              annotations: { summary },
            })),
        },
      ],
    },
    { lineWidth: 0 },
  );
}

/** alertmanager.yml */
export function renderAlertmanager(webhook: string | undefined): string {
  return stringify({
    route: {
      receiver: "operators",
      group_by: ["alertname", "job"],
      group_wait: "30s",
      group_interval: "5m",
      repeat_interval: "4h",
    },
    receivers: [
      {
        name: "operators",
        ...(webhook === undefined ? {} : { webhook_configs: [{ url: webhook, send_resolved: true }] }),
      },
    ],
    inhibit_rules: [
      { source_matchers: ['severity="page"'], target_matchers: ['severity="ticket"'], equal: ["alertname"] },
    ],
  });
}
