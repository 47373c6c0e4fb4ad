/** The WebSocket server's process. */
import { socketLimits } from "../contract/frames";
import { environments } from "../runtime/environment";
import { HealthReporter } from "../runtime/health";
import { closeServer, createHttpServer, healthRoutes, listen, metricsRoutes } from "../runtime/http";
import { createLog } from "../runtime/log";
import { collectPool, createRegistry, socketMetrics } from "../runtime/metrics";
import { createPool } from "../runtime/postgres";
import { environmentOrExit, handleSignals, run } from "../runtime/process";
import { createPublisher } from "../runtime/publisher";
import { closeRedis, createRedis } from "../runtime/redis";
import { createStore } from "../runtime/store/store";
import { postgresOptions, redisAddress, storeChecks } from "../runtime/stores";
import { createTokens } from "../runtime/tokens";
import { SocketApp } from "./app";
import { FanOut } from "./fan-out";
import { createSocketServer } from "./server";

run(async () => {
  const env = environmentOrExit(environments.ws);
  const log = createLog({ service: "ws", level: env.LOG_LEVEL, stack: env.STACK, version: env.VERSION });
  const pool = createPool(postgresOptions(env, "ws"), log);
  const redis = createRedis(redisAddress(env), "ws", log);
  const subscriber = createRedis(redisAddress(env), "ws-subscriber", log);
  const fanOut = new FanOut(subscriber);
  subscriber.on("messageBuffer", (channel: Buffer, frame: Buffer) =>
    fanOut.dispatch(channel.toString(), frame),
  );
  const registry = createRegistry();
  collectPool(registry, pool);
  const app = new SocketApp({
    log,
    store: createStore(pool),
    publisher: createPublisher(redis, log),
    tokens: createTokens(env.JWT_SECRET_FILE),
    fanOut,
    metrics: socketMetrics(registry),
  });
  const heartbeat = setInterval(() => {
    app.heartbeat();
    // An answer that stays away makes the client give up a dead connection; without it silence looks like peace.
    subscriber.ping().catch(() => undefined);
  }, socketLimits.heartbeatMilliseconds);
  const health = new HealthReporter({
    service: "ws",
    version: env.VERSION,
    checks: storeChecks(pool, redis),
    log,
  });
  const server = createSocketServer(app, health);
  const probes = createHttpServer(healthRoutes(health));
  const metrics = createHttpServer(metricsRoutes(registry));
  handleSignals(log, env.DRAIN_SECONDS, [
    { name: "readiness", run: () => health.drain() },
    { name: "listener", run: () => server.stop() },
    { name: "sockets", run: () => app.drain(env.DRAIN_SECONDS * 1_000) },
    { name: "heartbeat", run: () => clearInterval(heartbeat) },
    { name: "redis", run: () => Promise.all([closeRedis(redis), closeRedis(subscriber)]) },
    { name: "postgres", run: () => pool.end() },
    { name: "listeners", run: () => Promise.all([server.http, metrics, probes].map(closeServer)) },
  ]);
  await listen(metrics, env.METRICS_PORT);
  await listen(probes, env.HEALTH_PORT);
  const port = await listen(server.http, env.PORT);
  log.info({ port }, "listening");
});
