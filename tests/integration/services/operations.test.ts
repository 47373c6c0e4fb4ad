import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, guest, type Platform, startPlatform } from "./harness";

let platform: Platform;
let pool: pg.Pool;
beforeAll(async () => {
  platform = await startPlatform();
  const { host, postgresPort: port, database, user, password } = platform.stores;
  pool = new pg.Pool({ host, port, database, user, password });
}, 90_000);
afterAll(async () => {
  await pool?.end();
  await platform?.remove();
});

describe("operators", { timeout: 120_000 }, () => {
  it("make a user an administrator, which is recorded once", async () => {
    const { rows } = await pool.query(
      "INSERT INTO users (name, email) VALUES ('Ada', 'Ada@example.com') RETURNING id",
    );
    const ada = { id: rows[0].id, name: "Ada", email: "Ada@example.com" };
    expect(await platform.operate("users", "list-admins")).toEqual({ exitCode: 0, answer: [] });
    expect(await platform.operate("users", "promote", "bob@example.com")).toEqual({
      exitCode: 1,
      answer: { error: { code: "user_not_found", message: "no user has signed up as bob@example.com" } },
    });
    const promote = () => platform.operate("users", "promote", "ada@example.com");
    expect(await promote()).toEqual({ exitCode: 0, answer: { ...ada, changed: true } });
    expect(await promote()).toEqual({ exitCode: 0, answer: { ...ada, changed: false } });
    expect((await platform.operate("users", "list-admins")).answer).toEqual([ada]);
    const { rows: audited } = await pool.query("SELECT action, target, detail FROM audit_log");
    expect(audited).toEqual([{ action: "user.promoted", target: ada.id, detail: { by: "operator" } }]);
  });

  it("see the jobs that failed for good, and have them run again", async () => {
    const [api, worker] = await Promise.all([platform.start("api"), platform.start("worker")]);
    const caller = await guest(api.url);
    const room = "00000000-0000-4000-8000-000000000001";
    const id = String((await caller.post("/v1/jobs", { kind: "report", input: { rooms: [room] } })).body.id);
    const state = async () => (await caller.get(`/v1/jobs/${id}`)).body.state;
    await eventually("the job has failed", async () => expect(await state()).toBe("failed"));
    expect((await platform.operate("jobs", "list", "--state", "failed")).answer).toEqual([
      {
        id,
        kind: "report",
        state: "failed",
        priority: "normal",
        userId: caller.id,
        attempts: 1,
        createdAt: expect.any(String),
        endedAt: expect.any(String),
        error: `There is no room ${room}.`,
      },
    ]);
    await worker.end();
    expect((await platform.operate("jobs", "retry", "--all")).answer).toEqual({ retried: [id] });
    expect(await state()).toBe("queued");
    const message = `the job ${id} is queued; only a failed job can be tried again`;
    expect(await platform.operate("jobs", "retry", id)).toEqual({
      exitCode: 1,
      answer: { error: { code: "job_not_failed", message } },
    });
    expect(await platform.operate("jobs", "retry", room)).toMatchObject({
      exitCode: 1,
      answer: { error: { code: "job_not_found" } },
    });
  });

  it("are told what they may write, and which store is away", async () => {
    expect(await platform.operate("dance")).toMatchObject({
      exitCode: 2,
      answer: { error: { code: "bad_arguments" } },
    });
    await platform.stores.stop("redis");
    expect(await platform.operate("jobs", "list")).toEqual({
      exitCode: 1,
      answer: {
        error: {
          code: "store_unavailable",
          message: "Redis does not answer; try again in a few seconds.",
        },
      },
    });
  });
});
