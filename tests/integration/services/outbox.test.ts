import { Redis } from "ioredis";
import pg from "pg";
import { Registry } from "prom-client";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { roomChannel } from "../../../services/contract/channels";
import { createMessages, type Messages } from "../../../services/runtime/store/messages";
import { createRooms } from "../../../services/runtime/store/rooms";
import { createAnnouncer } from "../../../services/worker/outbox/announcer";
import { outboxMetrics } from "../../../services/worker/outbox/metrics";
import { batchSize, createRelay } from "../../../services/worker/outbox/relay";
import { eventually, type Platform, startPlatform } from "./harness";

let platform: Platform;
let pool: pg.Pool;
let redis: Redis;
let subscriber: Redis;
let messages: Messages;
let room: string;
let user: { id: string; name: string };
const heard: { seq: number; body: string }[] = [];

beforeAll(async () => {
  platform = await startPlatform();
  const { host, postgresPort, redisPort, database, user: role, password } = platform.stores;
  pool = new pg.Pool({ host, port: postgresPort, database, user: role, password });
  pool.on("error", () => undefined);
  redis = new Redis({ host, port: redisPort, password });
  subscriber = new Redis({ host, port: redisPort, password });
  for (const connection of [redis, subscriber]) connection.on("error", () => undefined);
  messages = createMessages(pool);
  const { rows } = await pool.query("INSERT INTO users (name) VALUES ('Ada') RETURNING id, name");
  user = rows[0];
  room = (
    await createRooms(pool).create(
      { user, requestId: "test", address: "127.0.0.1" },
      { name: "Lobby", visibility: "public" },
    )
  ).value.id;
  subscriber.on("message", (_channel, text) => heard.push(JSON.parse(text)));
  await subscriber.subscribe(roomChannel(room));
}, 90_000);
afterAll(async () => {
  redis?.disconnect();
  subscriber?.disconnect();
  await pool?.end();
  await platform?.remove();
});
afterEach(async () => {
  heard.length = 0;
  await pool.query("DELETE FROM outbox");
});

/** As a process leaves it that was killed after the commit and before it published. */
const commit = (body: string) => messages.post(user, room, body);
const rowsLeft = async () => Number((await pool.query("SELECT count(*) FROM outbox")).rows[0].count);

function relay(quiet = () => undefined) {
  return createRelay({
    pool,
    redis,
    announce: createAnnouncer(redis, { add: () => Promise.reject(new Error("no mail here")) }),
    metrics: outboxMetrics(new Registry()),
    log: { info: quiet, warn: quiet },
  });
}

describe("the outbox", { timeout: 120_000 }, () => {
  it("announces in their order what a killed process has committed and not published", async () => {
    const worker = await platform.start("worker");
    const posted = [await commit("one"), await commit("two"), await commit("three")];
    await eventually("the messages are announced", async () => expect(heard).toHaveLength(3));
    expect(heard).toEqual(posted.map(({ message }) => ({ type: "message", ...message })));
    await eventually("the rows are removed", async () => expect(await rowsLeft()).toBe(0));
    const metrics = await (await fetch(worker.metricsUrl)).text();
    expect(metrics).toContain('outbox_announced_total{topic="message",outcome="announced"} 3');
    expect(metrics).toContain("outbox_rows_due 0");
    expect(metrics).toContain("outbox_oldest_due_seconds 0");
    await worker.end();
  });

  it("keeps what is posted while Redis is away, and announces it after its return", async () => {
    const worker = await platform.start("worker");
    await platform.stores.stop("redis");
    for (const body of ["a", "b"]) await commit(body);
    await eventually("the rows are due", async () => {
      const metrics = await (await fetch(worker.metricsUrl)).text();
      expect(metrics).toContain("outbox_rows_due 2");
      expect(metrics).not.toContain("outbox_oldest_due_seconds 0\n");
    });
    expect(heard).toEqual([]);
    await platform.stores.start("redis");
    await eventually("both are announced", async () => {
      expect([...new Set(heard.map(({ body }) => body))]).toEqual(["a", "b"]);
      expect(await rowsLeft()).toBe(0);
    });
    expect(worker.process.exitCode).toBeNull();
    await worker.end();
  });

  it("announces again what a worker published that was killed before it could remove the row", async () => {
    await commit("twice");
    await pool.query("UPDATE outbox SET due_at = now()");
    const client = await pool.connect();
    await client.query("BEGIN");
    const { rows } = await client.query("SELECT * FROM outbox FOR UPDATE");
    await createAnnouncer(redis, { add: () => Promise.reject(new Error("no mail here")) })(client, rows);
    expect(await relay().poll()).toBe(0);
    // The end of the process ends its transaction.
    client.release(true);
    await eventually("another worker takes the row", async () => expect(await relay().poll()).toBe(1));
    await eventually("both announcements have come", async () => expect(heard).toHaveLength(2));
    expect(heard[0]).toEqual(heard[1]);
  });

  it("is shared by workers: each row is announced once", async () => {
    const count = batchSize * 4;
    for (let index = 0; index < count; index += 1) await commit(String(index));
    await pool.query("UPDATE outbox SET due_at = now()");
    const workers = [relay(), relay()];
    const taken = [0, 0];
    while ((await rowsLeft()) > 0) {
      const found = await Promise.all(workers.map((worker) => worker.poll()));
      found.forEach((rows, index) => {
        taken[index] = (taken[index] ?? 0) + rows;
      });
    }
    await eventually("all have come", async () => expect(heard).toHaveLength(count));
    expect(new Set(heard.map(({ seq }) => seq)).size).toBe(count);
    expect(Math.min(...taken)).toBeGreaterThan(0);
  });

  it("does not let a row that nobody understands, or that fails, hold up the others", async () => {
    await pool.query(
      `INSERT INTO outbox (topic, payload, due_at) VALUES
         ('later', '{}', now()), ('email', '{"template": "welcome", "to": "a@example.com", "name": "A"}', now()),
         ('message', $1, now())`,
      [JSON.stringify({ room, seq: 999_999 })],
    );
    await commit("through");
    await pool.query("UPDATE outbox SET due_at = now() WHERE topic = 'message'");
    expect(await relay().poll()).toBe(4);
    await eventually("the message comes", async () => expect(heard).toHaveLength(1));
    const { rows } = await pool.query(
      "SELECT topic, attempts, due_at > now() AS later FROM outbox ORDER BY id",
    );
    expect(rows).toEqual([
      { topic: "later", attempts: 1, later: true },
      { topic: "email", attempts: 1, later: true },
    ]);
  });
});
