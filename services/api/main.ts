/** The API's process. */

import { jobsQueue } from "../contract/queues";
import { drainable } from "../runtime/drain";
import { environments } from "../runtime/environment";
import { HealthReporter } from "../runtime/health";
import { closeServer, createHttpServer, healthRoutes, listen, metricsRoutes } from "../runtime/http";
import { createJobQueue } from "../runtime/jobs";
import { createLog } from "../runtime/log";
import { collectPool, collectQueueDepth, createRegistry, httpMetrics } from "../runtime/metrics";
import { createPool } from "../runtime/postgres";
import { environmentOrExit, handleSignals, run } from "../runtime/process";
import { createPublisher } from "../runtime/publisher";
import { closeRedis, createRedis } from "../runtime/redis";
import { createStore } from "../runtime/store/store";
import { postgresOptions, redisAddress, storeChecks } from "../runtime/stores";
import { createTokens } from "../runtime/tokens";
import { buildApi } from "./app";

run(async () => {
  const env = environmentOrExit(environments.api);
  const log = createLog({ service: "api", level: env.LOG_LEVEL, stack: env.STACK, version: env.VERSION });
  const pool = createPool(postgresOptions(env, "api"), log);
  const redis = createRedis(redisAddress(env), "api", log);
  const jobs = createJobQueue(redis);
  const registry = createRegistry();
  collectPool(registry, pool);
  collectQueueDepth(registry, jobsQueue, () => jobs.counts());
  const health = new HealthReporter({
    service: "api",
    version: env.VERSION,
    checks: storeChecks(pool, redis),
    log,
  });
  const api = buildApi({
    log,
    store: createStore(pool),
    jobs,
    publisher: createPublisher(redis, log),
    tokens: createTokens(env.JWT_SECRET_FILE),
    health,
    metrics: httpMetrics(registry),
    allowedOrigins: env.ALLOWED_ORIGINS,
  });
  const drain = drainable(api.server);
  const probes = createHttpServer(healthRoutes(health));
  const metrics = createHttpServer(metricsRoutes(registry));
  handleSignals(log, env.DRAIN_SECONDS, [
    { name: "readiness", run: () => health.drain() },
    { name: "requests", run: () => drain(() => api.close(), env.DRAIN_SECONDS * 1_000) },
    { name: "queue", run: () => jobs.close() },
    { name: "redis", run: () => closeRedis(redis) },
    { name: "postgres", run: () => pool.end() },
    { name: "listeners", run: () => Promise.all([closeServer(metrics), closeServer(probes)]) },
  ]);
  await listen(metrics, env.METRICS_PORT);
  await listen(probes, env.HEALTH_PORT);
  await api.listen({ port: env.PORT, host: "0.0.0.0" });
});
