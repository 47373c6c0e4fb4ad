/** The WebSocket server's process. */
import { endedSessionsChannel } from "../contract/channels";
import { socketLimits } from "../contract/frames";
import { createEndedSessions } from "../runtime/ended-sessions";
import { environments } from "../runtime/environment";
import { HealthReporter } from "../runtime/health";
import { closeServer, createHttpServer, healthRoutes, listen, metricsRoutes } from "../runtime/http";
import { createLog } from "../runtime/log";
import { collectPool, createRegistry, socketMetrics } from "../runtime/metrics";
import { createOutbox } from "../runtime/outbox";
import { createPool } from "../runtime/postgres";
import { createPresence } from "../runtime/presence";
import { environmentOrExit, handleSignals, run } from "../runtime/process";
import { createPublisher } from "../runtime/publisher";
import { closeRedis, createRedis } from "../runtime/redis";
import { createMembership } from "../runtime/store/membership";
import { createStore } from "../runtime/store/store";
import { postgresOptions, redisAddress, storeChecks } from "../runtime/stores";
import { tokensOf } from "../runtime/tokens";
import { SocketApp } from "./app";
import { FanOut } from "./fan-out";
import { Feeds } from "./feeds";
import { createSocketServer } from "./server";

/** Milliseconds between two looks at what depends on the time. */
const tickMilliseconds = 1_000;

run(async () => {
  const env = environmentOrExit(environments.ws);
  const log = createLog({ service: "ws", level: env.LOG_LEVEL, stack: env.STACK, version: env.VERSION });
  const pool = createPool(postgresOptions(env, "ws"), log);
  const redis = createRedis(redisAddress(env), "ws", log);
  const subscriber = createRedis(redisAddress(env), "ws-subscriber", log);
  const fanOut = new FanOut(subscriber, log);
  subscriber.on("messageBuffer", (channel: Buffer, frame: Buffer) => {
    const name = channel.toString();
    if (name !== endedSessionsChannel) fanOut.dispatch(name, frame);
  });
  const outbox = createOutbox(pool, log);
  const registry = createRegistry();
  collectPool(registry, pool);
  const metrics = socketMetrics(registry);
  const store = createStore(pool);
  const feeds = new Feeds({
    fanOut,
    messages: store.messages,
    membership: createMembership(pool),
    log,
    metrics,
  });
  subscriber.on("ready", () => {
    // The client has subscribed to everything again before it is ready, and Redis answers in order.
    subscriber.ping().then(
      () => feeds.catchUp(),
      () => undefined,
    );
  });
  const presence = createPresence(redis, log);
  const endedSessions = createEndedSessions(redis, subscriber, log);
  const app = new SocketApp({
    log,
    store,
    publisher: createPublisher(redis, log, (id) => outbox.announced(id)),
    tokens: tokensOf(env),
    endedSessions,
    fanOut,
    feeds,
    presence,
    metrics,
  });
  endedSessions.onEnded((id) => app.endSession(id));
  const clock = setInterval(() => app.tick(), tickMilliseconds);
  const heartbeat = setInterval(() => {
    void presence.renew(feeds.presence());
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
  const scrapes = createHttpServer(metricsRoutes(registry));
  handleSignals(log, env.DRAIN_SECONDS, [
    { name: "readiness", run: () => health.drain() },
    { name: "listener", run: () => server.stop() },
    { name: "sockets", run: () => app.drain(env.DRAIN_SECONDS * 1_000) },
    {
      name: "heartbeat",
      run: () => {
        clearInterval(clock);
        clearInterval(heartbeat);
        endedSessions.close();
      },
    },
    { name: "outbox", run: () => outbox.close() },
    { name: "redis", run: () => Promise.all([closeRedis(redis), closeRedis(subscriber)]) },
    { name: "postgres", run: () => pool.end() },
    { name: "listeners", run: () => Promise.all([server.http, scrapes, probes].map(closeServer)) },
  ]);
  await listen(scrapes, env.METRICS_PORT);
  await listen(probes, env.HEALTH_PORT);
  const port = await listen(server.http, env.PORT);
  log.info({ port }, "listening");
});
