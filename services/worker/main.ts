/** The worker's process. */
import { jobsQueue } from "../contract/queues";
import { environments } from "../runtime/environment";
import { HealthReporter } from "../runtime/health";
import { closeServer, createHttpServer, healthRoutes, listen, metricsRoutes } from "../runtime/http";
import { createJobQueue } from "../runtime/jobs";
import { createLog } from "../runtime/log";
import { collectPool, collectQueueDepth, createRegistry, jobMetrics } from "../runtime/metrics";
import { createPool } from "../runtime/postgres";
import { environmentOrExit, handleSignals, run } from "../runtime/process";
import { createPublisher } from "../runtime/publisher";
import { closeRedis, createBlockingRedis, createRedis } from "../runtime/redis";
import { createStatistics } from "../runtime/store/statistics";
import { postgresOptions, redisAddress, storeChecks } from "../runtime/stores";
import { createJobWorker } from "./app";

run(async () => {
  const env = environmentOrExit(environments.worker);
  const log = createLog({ service: "worker", level: env.LOG_LEVEL, stack: env.STACK, version: env.VERSION });
  const pool = createPool(postgresOptions(env, "worker"), log);
  const redis = createRedis(redisAddress(env), "worker", log);
  const blocking = createBlockingRedis(redisAddress(env), "worker-queue", log);
  const queue = createJobQueue(redis);
  const registry = createRegistry();
  collectPool(registry, pool);
  collectQueueDepth(registry, jobsQueue, () => queue.counts());
  const worker = createJobWorker({
    log,
    redis: blocking,
    publisher: createPublisher(redis, log),
    statistics: createStatistics(pool),
    metrics: jobMetrics(registry),
  });
  const health = new HealthReporter({
    service: "worker",
    version: env.VERSION,
    checks: storeChecks(pool, redis),
    log,
  });
  const probes = createHttpServer(healthRoutes(health));
  const metrics = createHttpServer(metricsRoutes(registry));
  handleSignals(log, env.DRAIN_SECONDS, [
    { name: "readiness", run: () => health.drain() },
    { name: "jobs", run: () => worker.drain(env.DRAIN_SECONDS * 1_000) },
    { name: "queue", run: () => queue.close() },
    { name: "redis", run: () => Promise.all([closeRedis(redis), closeRedis(blocking)]) },
    { name: "postgres", run: () => pool.end() },
    { name: "listeners", run: () => Promise.all([closeServer(metrics), closeServer(probes)]) },
  ]);
  await listen(metrics, env.METRICS_PORT);
  await listen(probes, env.HEALTH_PORT);
  log.info("working");
});
