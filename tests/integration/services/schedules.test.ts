import { Queue } from "bullmq";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { maintenanceQueue, schedules } from "../../../services/contract/queues";
import { eventually, type Platform, startPlatform } from "./harness";

let platform: Platform;
let pool: pg.Pool;
let queue: Queue;
beforeAll(async () => {
  platform = await startPlatform();
  const { host, postgresPort, redisPort, database, user, password } = platform.stores;
  pool = new pg.Pool({ host, port: postgresPort, database, user, password });
  queue = new Queue(maintenanceQueue, { connection: { host, port: redisPort, password } });
}, 90_000);
afterAll(async () => {
  await queue?.close();
  await pool?.end();
  await platform?.remove();
});

const count = async (table: string) =>
  Number((await pool.query(`SELECT count(*) FROM ${table}`)).rows[0].count);

describe("schedules", { timeout: 120_000 }, () => {
  it("are those of this release, whatever was there before, and each firing runs once among workers", async () => {
    await queue.upsertJobScheduler("forgotten", { pattern: "0 0 1 1 *" });
    const workers = [await platform.start("worker"), await platform.start("worker")];
    await eventually("the schedules are written", async () => {
      const found = await queue.getJobSchedulers();
      expect(Object.fromEntries(found.map(({ key, pattern }) => [key, pattern]))).toEqual(schedules);
    });
    expect((await queue.getJobSchedulers()).every(({ tz }) => tz === "UTC")).toBe(true);
    // Every second, so that nobody has to wait for a quarter of an hour.
    await queue.upsertJobScheduler("statistics", { pattern: "* * * * * *" }, { name: "statistics" });
    await eventually("it has fired", async () => expect(await queue.getCompletedCount()).toBeGreaterThan(4));
    await queue.removeJobScheduler("statistics");
    await eventually("nothing runs any more", async () => {
      const { active, waiting, delayed } = await queue.getJobCounts("active", "waiting", "delayed");
      // The two others wait for their time.
      expect({ active, waiting, delayed }).toEqual({ active: 0, waiting: 0, delayed: 2 });
    });
    const fired = await queue.getCompleted();
    expect(fired.map(({ name }) => name)).toEqual(fired.map(() => "statistics"));
    expect(await count("statistics")).toBe(fired.length);
    expect(await queue.getFailedCount()).toBe(0);
    expect(await Promise.all(workers.map((worker) => worker.end()))).toEqual([0, 0]);
  });

  it("clean up what has expired and nothing else", async () => {
    const { rows } = await pool.query("INSERT INTO users (name) VALUES ('Ada') RETURNING id");
    const user = rows[0].id;
    await pool.query(
      `INSERT INTO sessions (id, user_id, expires_at) VALUES
         ('00000000-0000-4000-8000-000000000001', $1, now() - interval '1 minute'),
         ('00000000-0000-4000-8000-000000000002', $1, now() + interval '1 minute')`,
      [user],
    );
    await pool.query(
      `INSERT INTO refresh_tokens (hash, session_id, used_at) VALUES
         ('a', '00000000-0000-4000-8000-000000000001', NULL),
         ('b', '00000000-0000-4000-8000-000000000002', now() - interval '31 days'),
         ('c', '00000000-0000-4000-8000-000000000002', now()), ('d', '00000000-0000-4000-8000-000000000002', NULL)`,
    );
    await pool.query(
      `INSERT INTO idempotency_keys (user_id, key, fingerprint, created_at)
       SELECT $1::uuid, 'old ' || n, 'f', now() - interval '25 hours' FROM generate_series(1, 2500) AS n
       UNION ALL SELECT $1::uuid, 'new', 'f', now() - interval '23 hours'`,
      [user],
    );
    await pool.query(
      `INSERT INTO anonymous_keys (key_hash, fingerprint, user_id, created_at) VALUES
         ('old', 'f', $1, now() - interval '25 hours'), ('new', 'f', $1, now())`,
      [user],
    );
    await pool.query(
      `INSERT INTO stripe_events (id, type, payload, received_at) VALUES
         ('old', 't', '{}', now() - interval '91 days'), ('paid', 't', '{}', now() - interval '91 days'),
         ('new', 't', '{}', now())`,
    );
    await pool.query(
      "INSERT INTO payments (id, event_id, amount, currency, status, updated_at) VALUES ('p', 'paid', 1, 'eur', 's', now())",
    );
    const worker = await platform.start("worker");
    await queue.add("clean-up", {}, { jobId: "by-hand" });
    await eventually("it has run", async () => expect(await queue.getJobState("by-hand")).toBe("completed"));
    expect((await queue.getJob("by-hand"))?.returnvalue).toEqual({
      sessions: 1,
      refresh_tokens: 1,
      idempotency_keys: 2_500,
      anonymous_keys: 1,
      stripe_events: 1,
    });
    expect(await count("sessions")).toBe(1);
    expect(await count("refresh_tokens")).toBe(2);
    expect(await count("idempotency_keys")).toBe(1);
    expect(await count("anonymous_keys")).toBe(1);
    expect((await pool.query("SELECT id FROM stripe_events ORDER BY id")).rows).toEqual([
      { id: "new" },
      { id: "paid" },
    ]);
    await worker.end();
  });
});
