import { Redis } from "ioredis";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { Client, createRoom, eventually, guest } from "./harness";
import { cancel, enqueue, untilState, useJobPlatform } from "./job-platform";

const jobs = useJobPlatform();

function connect(): Redis {
  const { host, redisPort: port, password } = jobs.platform.stores;
  return new Redis({ host, port, password });
}

describe("jobs", { timeout: 120_000 }, () => {
  it("go from queued over active, with progress, to completed, also for the owner's sockets", async () => {
    const [ada, bob] = [await guest(jobs.api.url), await guest(jobs.api.url)];
    const client = await Client.join(jobs.server, ada);
    const stranger = await Client.join(jobs.server, bob);
    const id = await enqueue(ada, "echo", { value: { a: [1] }, steps: 4, stepMilliseconds: 400 });
    expect((await ada.get(`/v1/jobs/${id}`)).body).toEqual({
      id,
      kind: "echo",
      state: "queued",
      priority: "normal",
      progress: 0,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    expect(await bob.get(`/v1/jobs/${id}`)).toMatchObject({ status: 404, body: { code: "job_not_found" } });
    const worker = await jobs.startWorker();
    await untilState(ada, id, "active");
    expect(await untilState(ada, id, "completed")).toEqual({
      id,
      kind: "echo",
      state: "completed",
      priority: "normal",
      progress: 100,
      createdAt: expect.any(String),
      result: { a: [1] },
    });
    await client.until(() => client.of("job").some(({ state }) => state === "completed"));
    // That it has done the last step is no news beside that it is completed.
    expect(client.of("job").map(({ state, progress }) => `${state} ${progress}`)).toEqual([
      "active 0",
      "active 25",
      "active 50",
      "active 75",
      "completed 100",
    ]);
    expect(stranger.of("job")).toEqual([]);
    const metrics = await (await fetch(worker.metricsUrl)).text();
    expect(metrics).toContain('jobs_processed_total{kind="echo",outcome="completed"} 1');
    expect(metrics).toContain('job_duration_seconds_count{kind="echo"} 1');
    expect(metrics).toContain('queue_jobs{queue="jobs",state="completed"} 1');
    expect(metrics).toContain('queue_oldest_job_age_seconds{queue="jobs"} 0');
    expect(await worker.end()).toBe(0);
  });

  it("count messages, and fail for good with a reason", async () => {
    const caller = await guest(jobs.api.url);
    const worker = await jobs.startWorker();
    const [room, quiet] = [await createRoom(caller), await createRoom(caller)];
    for (const body of ["a", "b", "c"]) await caller.post(`/v1/rooms/${room}/messages`, { body });
    const id = await enqueue(caller, "report", { rooms: [room, quiet] });
    const { result } = await untilState(caller, id, "completed");
    expect(result).toEqual({ rooms: 2, messages: 3, busiest: { room, messages: 3 } });
    const missing = "00000000-0000-4000-8000-000000000000";
    const theirs = await createRoom(await guest(jobs.api.url));
    for (const foreign of [missing, theirs]) {
      const failing = await enqueue(caller, "report", { rooms: [room, foreign] });
      expect(await untilState(caller, failing, "failed")).toMatchObject({
        error: `There is no room ${foreign}.`,
      });
    }
    const own = await enqueue(caller, "report", {});
    expect((await untilState(caller, own, "completed")).result).toEqual(result);
    await worker.end();
  });

  it("run again within 30 s when their worker is killed, and fail when they kill one after the other", async () => {
    const caller = await guest(jobs.api.url);
    const killed = await jobs.startWorker();
    const id = await enqueue(caller, "echo", { value: "again", steps: 2, stepMilliseconds: 2_000 });
    const deadly = await enqueue(caller, "echo", { value: "deadly", steps: 2, stepMilliseconds: 2_000 });
    for (const job of [id, deadly]) await untilState(caller, job, "active");
    const redis = connect();
    // As if three workers had died of it before.
    await redis.hset(`bull:jobs:${deadly}`, "stc", 3);
    await killed.end("SIGKILL");
    const client = await Client.join(jobs.server, caller);
    const worker = await jobs.startWorker();
    await client.until(() => client.of("job").some(({ state }) => state === "active"), 30);
    expect((await untilState(caller, id, "completed")).result).toBe("again");
    expect(await untilState(caller, deadly, "failed")).toMatchObject({
      error: "Every worker that ran the job ended before it did.",
    });
    // Counted by the worker when it hears of what it wrote.
    await eventually("the failure is counted", async () => {
      const metrics = await (await fetch(worker.metricsUrl)).text();
      expect(metrics).toContain('jobs_processed_total{kind="echo",outcome="failed"} 1');
    });
    const ends = () => client.of("job").filter(({ state }) => state !== "active");
    await client.until(() => ends().length >= 2);
    expect(
      ends()
        .map((frame) => [frame.id, frame.state])
        .sort(),
    ).toEqual(
      [
        [id, "completed"],
        [deadly, "failed"],
      ].sort(),
    );
    expect(await jobs.platform.operate("jobs", "retry", deadly)).toEqual({
      exitCode: 0,
      answer: { retried: [deadly] },
    });
    expect((await untilState(caller, deadly, "completed")).result).toBe("deadly");
    expect(await redis.hexists(`bull:jobs:${deadly}`, "stc")).toBe(0);
    redis.disconnect();
    expect(await worker.end()).toBe(0);
  });

  it("are handed back on SIGTERM when they outlast the drain, and run at once elsewhere", async () => {
    const caller = await guest(jobs.api.url);
    const leaving = await jobs.startWorker({ DRAIN_SECONDS: "1" });
    const id = await enqueue(caller, "echo", { value: "elsewhere", steps: 20, stepMilliseconds: 200 });
    await untilState(caller, id, "active");
    expect(await leaving.end()).toBe(0);
    expect((await caller.get(`/v1/jobs/${id}`)).body.state).toBe("queued");
    const worker = await jobs.startWorker();
    expect((await untilState(caller, id, "completed")).result).toBe("elsewhere");
    expect(await worker.end()).toBe(0);
  });

  it("that fit into the drain are finished before the worker ends", async () => {
    const caller = await guest(jobs.api.url);
    const worker = await jobs.startWorker();
    const id = await enqueue(caller, "echo", { value: "done", steps: 4, stepMilliseconds: 300 });
    await untilState(caller, id, "active");
    expect(await worker.end()).toBe(0);
    expect((await caller.get(`/v1/jobs/${id}`)).body.state).toBe("completed");
  });

  it("of a higher priority run first, those of one in the order they came", async () => {
    const caller = await guest(jobs.api.url);
    const client = await Client.join(jobs.server, caller);
    const ids: string[] = [];
    for (const priority of ["low", undefined, "high", "low", "normal", "high"])
      ids.push(await enqueue(caller, "echo", { stepMilliseconds: 100 }, priority));
    const worker = await jobs.startWorker();
    await client.until(() => client.of("job").filter(({ state }) => state === "completed").length === 6);
    const started = client.of("job").filter(({ state, progress }) => state === "active" && progress === 0);
    expect(started.map(({ id }) => ids.indexOf(String(id)))).toEqual([2, 5, 1, 4, 0, 3]);
    expect((await caller.get(`/v1/jobs/${ids[0]}`)).body.priority).toBe("low");
    await worker.end();
  });

  it("are listed for their owner alone, newest first, page by page, also by state", async () => {
    const [caller, stranger] = [await guest(jobs.api.url), await guest(jobs.api.url)];
    await enqueue(stranger, "echo", {});
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.unshift(await enqueue(caller, "echo", { value: count }));
    await cancel(caller, String(ids[1]));
    await cancel(caller, String(ids[4]));
    const list = async (query: string) => {
      const { body } = await caller.get(`/v1/jobs?${query}`);
      return { ids: (body.jobs as { id: string }[]).map(({ id }) => ids.indexOf(id)), next: body.next };
    };
    expect(await list("limit=2")).toEqual({ ids: [0, 1], next: ids[1] });
    expect(await list(`limit=2&after=${ids[1]}`)).toEqual({ ids: [2, 3], next: ids[3] });
    expect(await list(`limit=2&after=${ids[3]}`)).toEqual({ ids: [4], next: null });
    expect(await list("state=cancelled&limit=1")).toEqual({ ids: [1], next: ids[1] });
    expect(await list(`state=cancelled&limit=1&after=${ids[1]}`)).toEqual({ ids: [4], next: null });
    expect(await list("state=queued")).toEqual({ ids: [0, 2, 3], next: null });
    const redis = connect();
    await redis.del(`bull:jobs:${ids[0]}`);
    expect(await list("limit=2")).toEqual({ ids: [1, 2], next: ids[2] });
    redis.disconnect();
  });

  it("leave a trace in the audit table", async () => {
    const caller = await guest(jobs.api.url);
    const id = await enqueue(caller, "echo", {});
    await cancel(caller, id);
    const { host, postgresPort: port, database, user, password } = jobs.platform.stores;
    const client = new pg.Client({ host, port, database, user, password });
    await client.connect();
    await eventually("both are recorded", async () => {
      const { rows } = await client.query(
        "SELECT action, user_id FROM audit_log WHERE target = $1 ORDER BY id",
        [id],
      );
      expect(rows).toEqual([
        { action: "job.created", user_id: caller.id },
        { action: "job.cancelled", user_id: caller.id },
      ]);
    });
    await client.end();
  });
});
