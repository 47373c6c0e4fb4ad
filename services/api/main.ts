/** The API's process. */

import { jobsQueue } from "../contract/queues";
import { createChains } from "../runtime/chains";
import { drainable } from "../runtime/drain";
import { createEndedSessions } from "../runtime/ended-sessions";
import { environments } from "../runtime/environment";
import { HealthReporter } from "../runtime/health";
import { closeServer, createHttpServer, healthRoutes, listen, metricsRoutes } from "../runtime/http";
import { createJobQueue } from "../runtime/jobs";
import { createKeyedHash } from "../runtime/keyed-hash";
import { createLog } from "../runtime/log";
import {
  collectPool,
  collectQueueAge,
  collectQueueDepth,
  createRegistry,
  httpMetrics,
} from "../runtime/metrics";
import { createOutboundHttp } from "../runtime/outbound/http";
import { outboundMetrics } from "../runtime/outbound/metrics";
import { createOutbox } from "../runtime/outbox";
import { createPasswordPool } from "../runtime/passwords/pool";
import { createPool } from "../runtime/postgres";
import { environmentOrExit, handleSignals, run } from "../runtime/process";
import { createPublisher } from "../runtime/publisher";
import { oldestWaitingJob } from "../runtime/queue-age";
import { createRateLimits } from "../runtime/rate-limits";
import { closeRedis, createRedis } from "../runtime/redis";
import { storageOf } from "../runtime/storage";
import { createAudit } from "../runtime/store/audit";
import { createStore } from "../runtime/store/store";
import { postgresOptions, redisAddress, storeChecks } from "../runtime/stores";
import { tokensOf } from "../runtime/tokens";
import { buildApi } from "./app";

run(async () => {
  const env = environmentOrExit(environments.api);
  const log = createLog({ service: "api", level: env.LOG_LEVEL, stack: env.STACK, version: env.VERSION });
  const pool = createPool(postgresOptions(env, "api"), log);
  const redis = createRedis(redisAddress(env), "api", log);
  const subscriber = createRedis(redisAddress(env), "api-subscriber", log);
  const endedSessions = createEndedSessions(redis, subscriber, log);
  const passwords = createPasswordPool();
  const jobs = createJobQueue(redis);
  const outbox = createOutbox(pool, log);
  const outbound = createOutboundHttp();
  const registry = createRegistry();
  collectPool(registry, pool);
  collectQueueDepth(registry, jobsQueue, () => jobs.counts());
  collectQueueAge(registry, jobsQueue, () => oldestWaitingJob(redis, jobsQueue));
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
    publisher: createPublisher(redis, log, (id) => outbox.announced(id)),
    storage: storageOf(env),
    stripeWebhookSecret: env.STRIPE_WEBHOOK_SECRET_FILE,
    audit: createAudit(pool, log),
    chains: createChains({
      providers: env.CHAIN_PROVIDERS_FILE ?? {},
      http: outbound,
      metrics: outboundMetrics(registry),
      log,
    }),
    tokens: tokensOf(env),
    endedSessions,
    passwords,
    rateLimits: createRateLimits(redis, { user: env.RATE_LIMIT_USER, address: env.RATE_LIMIT_ADDRESS }, log),
    keyedHash: createKeyedHash(env.JWT_SECRET_FILE, "requests without a user"),
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
    { name: "outbound calls", run: () => outbound.close() },
    { name: "queue", run: () => jobs.close() },
    { name: "outbox", run: () => outbox.close() },
    { name: "passwords", run: () => passwords.close() },
    { name: "sessions", run: () => endedSessions.close() },
    { name: "redis", run: () => Promise.all([closeRedis(redis), closeRedis(subscriber)]) },
    { name: "postgres", run: () => pool.end() },
    { name: "listeners", run: () => Promise.all([closeServer(metrics), closeServer(probes)]) },
  ]);
  await listen(metrics, env.METRICS_PORT);
  await listen(probes, env.HEALTH_PORT);
  await api.listen({ port: env.PORT, host: "0.0.0.0" });
});
