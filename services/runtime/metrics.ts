/** Metrics under the names that dashboards and alert rules use. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** A registry with Node.js' own metrics: memory, event-loop lag, garbage collection. */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** Seconds. */
const requestBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2.5, 5, 10];
const jobBuckets = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300];

export const httpMetrics = (registry: Registry) => ({
  duration: new Histogram({
    name: "http_request_duration_seconds",
    help: "Time from the request's arrival to the answer's last byte",
    labelNames: ["method", "route", "status"],
    buckets: requestBuckets,
    registers: [registry],
  }),
});
export type HttpMetrics = ReturnType<typeof httpMetrics>;

export const socketMetrics = (registry: Registry) => ({
  connections: new Gauge({
    name: "websocket_connections",
    help: "Open WebSocket connections",
    registers: [registry],
  }),
  messages: new Counter({
    name: "websocket_messages_total",
    help: "Frames received from (in) and sent to (out) clients",
    labelNames: ["direction"],
    registers: [registry],
  }),
  closed: new Counter({
    name: "websocket_disconnects_total",
    help: "Closed WebSocket connections by close code",
    labelNames: ["code"],
    registers: [registry],
  }),
  rooms: new Gauge({
    name: "websocket_rooms",
    help: "Rooms that connections of this process follow",
    registers: [registry],
  }),
  replayed: new Counter({
    name: "websocket_replayed_messages_total",
    help: "Messages replayed to clients that resumed",
    registers: [registry],
  }),
  recovered: new Counter({
    name: "websocket_recovered_messages_total",
    help: "Messages that did not come over Redis and were read from PostgreSQL",
    registers: [registry],
  }),
  handling: new Histogram({
    name: "websocket_frame_duration_seconds",
    help: "Time from a frame's turn to its last effect",
    labelNames: ["type"],
    buckets: requestBuckets,
    registers: [registry],
  }),
});
export type SocketMetrics = ReturnType<typeof socketMetrics>;

export const jobMetrics = (registry: Registry) => ({
  processed: new Counter({
    name: "jobs_processed_total",
    help: "Attempts to run a job by outcome: completed, retried, failed or cancelled",
    labelNames: ["kind", "outcome"],
    registers: [registry],
  }),
  duration: new Histogram({
    name: "job_duration_seconds",
    help: "Time that one attempt took",
    labelNames: ["kind"],
    buckets: jobBuckets,
    registers: [registry],
  }),
});
export type JobMetrics = ReturnType<typeof jobMetrics>;

/** Jobs by state, asked from the queue at every scrape; the sample is missing while the queue does not answer. */
export function collectQueueDepth(
  registry: Registry,
  queue: string,
  counts: () => Promise<Record<string, number>>,
): void {
  const gauge: Gauge<"queue" | "state"> = new Gauge({
    name: "queue_jobs",
    help: "Jobs in the queue by state",
    labelNames: ["queue", "state"],
    registers: [registry],
    async collect() {
      gauge.reset();
      const current = await counts().catch(() => ({}));
      for (const [state, count] of Object.entries(current)) gauge.set({ queue, state }, count);
    },
  });
}

/** Age of the job that waits longest, asked at every scrape; the sample is missing while Redis does not answer. */
export function collectQueueAge(
  registry: Registry,
  queue: string,
  oldest: () => Promise<number | undefined>,
): void {
  const gauge: Gauge<"queue"> = new Gauge({
    name: "queue_oldest_job_age_seconds",
    help: "Time since the oldest waiting job was made; 0 when none waits",
    labelNames: ["queue"],
    registers: [registry],
    async collect() {
      gauge.reset();
      try {
        const made = await oldest();
        gauge.set({ queue }, made === undefined ? 0 : Math.max(0, Date.now() - made) / 1_000);
      } catch {
        // No sample is better than a wrong one.
      }
    },
  });
}

export const mailMetrics = (registry: Registry) =>
  new Counter({
    name: "mails_total",
    help: "Attempts to send a mail by outcome: sent, failed, refused, or dropped where no mail server is named",
    labelNames: ["template", "outcome"],
    registers: [registry],
  });

export interface PoolCounts {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

/** Connections of the PostgreSQL pool and callers that wait for one. */
export function collectPool(registry: Registry, pool: PoolCounts): void {
  const connections: Gauge<"state"> = new Gauge({
    name: "postgres_pool_connections",
    help: "Connections to PostgreSQL by state: active or idle",
    labelNames: ["state"],
    registers: [registry],
    collect() {
      connections.set({ state: "active" }, pool.totalCount - pool.idleCount);
      connections.set({ state: "idle" }, pool.idleCount);
    },
  });
  const waiting: Gauge = new Gauge({
    name: "postgres_pool_waiting",
    help: "Callers that wait for a connection to PostgreSQL",
    registers: [registry],
    collect: () => waiting.set(pool.waitingCount),
  });
}
