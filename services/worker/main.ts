/** The worker's process. */
import { Queue } from "bullmq";
import { jobsQueue, maintenanceQueue } from "../contract/queues";
import { environments } from "../runtime/environment";
import { HealthReporter } from "../runtime/health";
import { closeServer, createHttpServer, healthRoutes, listen, metricsRoutes } from "../runtime/http";
import { createJobQueue } from "../runtime/jobs";
import { createLog } from "../runtime/log";
import { createMailer, mailOptions } from "../runtime/mail";
import * as metricsOf from "../runtime/metrics";
import { createOutbox } from "../runtime/outbox";
import { createPool } from "../runtime/postgres";
import { environmentOrExit, handleSignals, run } from "../runtime/process";
import { createPublisher } from "../runtime/publisher";
import { oldestWaitingJob } from "../runtime/queue-age";
import { closeRedis, createBlockingRedis, createRedis } from "../runtime/redis";
import { createStatistics } from "../runtime/store/statistics";
import { postgresOptions, redisAddress, storeChecks } from "../runtime/stores";
import { createJobWorker } from "./app";
import { createMaintenanceWorker } from "./maintenance/app";
import type { MaintenanceData } from "./maintenance/queue";
import { keepSchedules } from "./maintenance/schedules";
import { createAnnouncer } from "./outbox/announcer";
import { collectOutbox, outboxMetrics } from "./outbox/metrics";
import { createRelay } from "./outbox/relay";

run(async () => {
  const env = environmentOrExit(environments.worker);
  const log = createLog({ service: "worker", level: env.LOG_LEVEL, stack: env.STACK, version: env.VERSION });
  const pool = createPool(postgresOptions(env, "worker"), log);
  const redis = createRedis(redisAddress(env), "worker", log);
  const blocking = createBlockingRedis(redisAddress(env), "worker-queue", log);
  const subscriber = createBlockingRedis(redisAddress(env), "worker-subscriber", log);
  const queue = createJobQueue(redis);
  const maintenance = new Queue<MaintenanceData>(maintenanceQueue, { connection: redis });
  // The connection reports its errors itself.
  maintenance.on("error", () => undefined);
  const outbox = createOutbox(pool, log);
  const registry = metricsOf.createRegistry();
  metricsOf.collectPool(registry, pool);
  metricsOf.collectQueueDepth(registry, jobsQueue, () => queue.counts());
  metricsOf.collectQueueAge(registry, jobsQueue, () => oldestWaitingJob(redis, jobsQueue));
  collectOutbox(registry, pool);
  const worker = createJobWorker({
    log,
    redis: blocking,
    subscriber,
    publisher: createPublisher(redis, log, (id) => outbox.announced(id)),
    statistics: createStatistics(pool),
    metrics: metricsOf.jobMetrics(registry),
  });
  const mail = mailOptions(env);
  if (mail === undefined) log.info("no SMTP_HOST is set: mails are dropped");
  const mailer = mail === undefined ? undefined : createMailer(mail);
  const maintainer = createMaintenanceWorker(blocking, {
    log,
    pool,
    redis,
    queue: maintenance,
    mailer,
    mails: metricsOf.mailMetrics(registry),
    stack: env.STACK,
  });
  keepSchedules(redis, maintenance, log);
  const relay = createRelay({
    pool,
    redis,
    announce: createAnnouncer(redis, maintenance),
    metrics: outboxMetrics(registry),
    log,
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
    {
      name: "work",
      run: () => Promise.all([worker.drain(env.DRAIN_SECONDS * 1_000), maintainer.close(), relay.stop()]),
    },
    { name: "mail", run: () => mailer?.close() },
    { name: "queues", run: () => Promise.all([queue.close(), maintenance.close()]) },
    { name: "outbox", run: () => outbox.close() },
    { name: "redis", run: () => Promise.all([redis, blocking, subscriber].map(closeRedis)) },
    { name: "postgres", run: () => pool.end() },
    { name: "listeners", run: () => Promise.all([closeServer(metrics), closeServer(probes)]) },
  ]);
  relay.start();
  await listen(metrics, env.METRICS_PORT);
  await listen(probes, env.HEALTH_PORT);
  log.info("working");
});
