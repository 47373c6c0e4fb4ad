import { stringify } from "yaml";
import type { FileSpec } from "../shared/files";
import { ports, type Subject } from "./prometheus";

const datasource = { type: "prometheus", uid: "prometheus" } as const;

interface Panel {
  /** Undefined: every system has it. */
  readonly about?: Subject;
  readonly title: string;
  readonly unit: string;
  /** Query by legend. */
  readonly queries: Readonly<Record<string, string>>;
}

const panels: readonly Panel[] = [
  {
    title: "Requests",
    unit: "reqps",
    queries: { "{{status}}": "sum by (status) (rate(http_request_duration_seconds_count[1m]))" },
  },
  {
    title: "Latency",
    unit: "s",
    queries: Object.fromEntries(
      ["0.5", "0.95", "0.99"].map((q) => [
        `p${Number(q) * 100}`,
        `histogram_quantile(${q}, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))`,
      ]),
    ),
  },
  { title: "WebSocket connections", unit: "short", queries: { "{{instance}}": "websocket_connections" } },
  { title: "Jobs in the queue", unit: "short", queries: { "{{state}}": "max by (state) (queue_jobs)" } },
  {
    title: "Longest wait",
    unit: "s",
    queries: {
      "queue {{queue}}": "max by (queue) (queue_oldest_job_age_seconds)",
      outbox: "max(outbox_oldest_due_seconds)",
    },
  },
  {
    title: "Jobs",
    unit: "ops",
    queries: { "{{kind}} {{outcome}}": "sum by (kind, outcome) (rate(jobs_processed_total[5m]))" },
  },
  {
    title: "Refused requests and dropped clients",
    unit: "ops",
    queries: {
      "rate limit": 'sum(rate(http_request_duration_seconds_count{status="429"}[5m]))',
      "slow client": 'sum(rate(websocket_disconnects_total{code="4413"}[5m]))',
    },
  },
  {
    title: "Calls to providers",
    unit: "reqps",
    queries: {
      "{{client}} {{provider}} {{outcome}}":
        "sum by (client, provider, outcome) (rate(outbound_request_duration_seconds_count[5m]))",
    },
  },
  {
    title: "Circuit breakers (2: open)",
    unit: "short",
    queries: { "{{client}} {{provider}}": "max by (client, provider) (outbound_breaker_state)" },
  },
  {
    title: "Event-loop lag (p99)",
    unit: "s",
    queries: { "{{job}} {{instance}}": "nodejs_eventloop_lag_p99_seconds" },
  },
  {
    title: "Connection pools",
    unit: "short",
    queries: {
      "{{job}} {{state}}": "sum by (job, state) (postgres_pool_connections)",
      "{{job}} waiting": "sum by (job) (postgres_pool_waiting)",
    },
  },
  {
    about: "postgres",
    title: "PostgreSQL connections",
    unit: "short",
    queries: { "{{state}}": "sum by (state) (pg_stat_activity_count)" },
  },
  {
    about: "redis",
    title: "Redis memory",
    unit: "bytes",
    queries: { used: "redis_memory_used_bytes", maximum: "redis_memory_max_bytes" },
  },
  {
    title: "Host CPU",
    unit: "percentunit",
    queries: { busy: '1 - avg(rate(node_cpu_seconds_total{mode="idle"}[1m]))' },
  },
  {
    title: "Host memory",
    unit: "percentunit",
    queries: { used: "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes" },
  },
];

/** The overview dashboard, in Grafana's own JSON, of a system that has these stores. */
export function renderDashboard(stack: string, stores: readonly Subject[]): string {
  const shown = panels.filter(({ about }) => about === undefined || stores.includes(about));
  const dashboard = {
    uid: "backline-overview",
    title: `Backline ${stack}`,
    schemaVersion: 39,
    time: { from: "now-1h", to: "now" },
    refresh: "30s",
    panels: shown.map(({ title, unit, queries }, index) => ({
      id: index + 1,
      type: "timeseries",
      title,
      datasource,
      gridPos: { x: (index % 2) * 12, y: Math.floor(index / 2) * 8, w: 12, h: 8 },
      fieldConfig: { defaults: { unit }, overrides: [] },
      targets: Object.entries(queries).map(([legendFormat, expr], target) => ({
        refId: String.fromCharCode(65 + target),
        datasource,
        expr,
        legendFormat,
      })),
    })),
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

/** Everything that Grafana is provisioned with, as files of one directory at `path`. */
export function grafanaFiles(stack: string, path: string, stores: readonly Subject[]): FileSpec[] {
  return [
    {
      name: "datasources.yaml",
      content: stringify({
        apiVersion: 1,
        datasources: [
          {
            name: "Prometheus",
            uid: datasource.uid,
            type: datasource.type,
            access: "proxy",
            url: `http://prometheus:${ports.prometheus}`,
            isDefault: true,
          },
        ],
      }),
    },
    {
      name: "dashboards.yaml",
      content: stringify({
        apiVersion: 1,
        providers: [{ name: "backline", type: "file", options: { path } }],
      }),
    },
    { name: "overview.json", content: renderDashboard(stack, stores) },
  ];
}
