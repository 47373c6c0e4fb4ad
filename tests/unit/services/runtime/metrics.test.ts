import { describe, expect, it } from "vitest";
import {
  collectPool,
  collectQueueDepth,
  createRegistry,
  httpMetrics,
  jobMetrics,
  socketMetrics,
} from "../../../../services/runtime/metrics";

describe("metrics", () => {
  it("have the names that dashboards use", async () => {
    const registry = createRegistry();
    httpMetrics(registry);
    socketMetrics(registry);
    jobMetrics(registry);
    collectPool(registry, { totalCount: 3, idleCount: 1, waitingCount: 2 });
    collectQueueDepth(registry, "jobs", async () => ({ waiting: 4 }));
    const text = await registry.metrics();
    const names = text.split("\n").flatMap((line) => /^# TYPE (\S+)/.exec(line)?.[1] ?? []);
    expect(names.filter((name) => !/^(nodejs|process)_/.test(name))).toEqual([
      "http_request_duration_seconds",
      "websocket_connections",
      "websocket_messages_total",
      "websocket_disconnects_total",
      "jobs_processed_total",
      "job_duration_seconds",
      "postgres_pool_connections",
      "postgres_pool_waiting",
      "queue_jobs",
    ]);
    expect(names).toContain("nodejs_eventloop_lag_seconds");
    expect(text).toContain('postgres_pool_connections{state="active"} 2\n');
    expect(text).toContain('postgres_pool_connections{state="idle"} 1\n');
    expect(text).toContain("postgres_pool_waiting 2\n");
    expect(text).toContain('queue_jobs{queue="jobs",state="waiting"} 4\n');
  });

  it("leave the queue's depth out while the queue does not answer", async () => {
    const registry = createRegistry();
    let away = false;
    collectQueueDepth(registry, "jobs", async () => {
      if (away) throw new Error("away");
      return { waiting: 4 };
    });
    expect(await registry.getSingleMetricAsString("queue_jobs")).toContain(
      'queue_jobs{queue="jobs",state="waiting"} 4',
    );
    away = true;
    expect(await registry.getSingleMetricAsString("queue_jobs")).not.toContain("queue_jobs{");
  });
});
