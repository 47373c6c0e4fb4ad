import { describe, expect, it } from "vitest";
import {
  collectPool,
  collectQueueAge,
  collectQueueDepth,
  createRegistry,
  httpMetrics,
  jobMetrics,
  socketMetrics,
} from "../../../../services/runtime/metrics";
import { outboundMetrics } from "../../../../services/runtime/outbound/metrics";

describe("metrics", () => {
  it("have the names that dashboards use", async () => {
    const registry = createRegistry();
    httpMetrics(registry);
    socketMetrics(registry);
    jobMetrics(registry);
    collectPool(registry, { totalCount: 3, idleCount: 1, waitingCount: 2 });
    collectQueueDepth(registry, "jobs", async () => ({ waiting: 4 }));
    collectQueueAge(registry, "jobs", async () => undefined);
    outboundMetrics(registry);
    const text = await registry.metrics();
    const names = text.split("\n").flatMap((line) => /^# TYPE (\S+)/.exec(line)?.[1] ?? []);
    expect(names.filter((name) => !/^(nodejs|process)_/.test(name))).toEqual([
      "http_request_duration_seconds",
      "websocket_connections",
      "websocket_messages_total",
      "websocket_disconnects_total",
      "websocket_rooms",
      "websocket_replayed_messages_total",
      "websocket_recovered_messages_total",
      "websocket_frame_duration_seconds",
      "jobs_processed_total",
      "job_duration_seconds",
      "postgres_pool_connections",
      "postgres_pool_waiting",
      "queue_jobs",
      "queue_oldest_job_age_seconds",
      "outbound_request_duration_seconds",
      "outbound_retries_total",
      "outbound_breaker_state",
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

  it("tell the age of the job that waits longest, 0 when none waits, nothing while Redis is away", async () => {
    const registry = createRegistry();
    const answers: (() => Promise<number | undefined>)[] = [
      async () => Date.now() - 90_000,
      async () => undefined,
      () => Promise.reject(new Error("away")),
    ];
    collectQueueAge(registry, "jobs", () => answers.shift()?.() ?? Promise.resolve(undefined));
    const sample = async () =>
      /^queue_oldest_job_age_seconds\{queue="jobs"\} (\S+)$/m.exec(
        await registry.getSingleMetricAsString("queue_oldest_job_age_seconds"),
      )?.[1];
    expect(Math.round(Number(await sample()) / 10)).toBe(9);
    expect(await sample()).toBe("0");
    expect(await sample()).toBeUndefined();
  });
});
