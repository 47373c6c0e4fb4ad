import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Caller,
  Client,
  createRoom,
  eventually,
  guest,
  type Platform,
  type Service,
  startPlatform,
} from "./harness";

let platform: Platform;
let api: Service;
let server: Service;
beforeAll(async () => {
  platform = await startPlatform();
  [api, server] = await Promise.all([platform.start("api"), platform.start("ws")]);
}, 90_000);
afterAll(() => platform?.remove());

async function enqueue(caller: Caller, kind: string, input: object): Promise<string> {
  const { status, body } = await caller.post("/v1/jobs", { kind, input });
  expect(status).toBe(202);
  return String(body.id);
}

const untilState = (caller: Caller, id: string, state: string) =>
  eventually(`the job is ${state}`, async () => {
    const { body } = await caller.get(`/v1/jobs/${id}`);
    if (body.state !== state) throw new Error(JSON.stringify(body));
    return body;
  });

describe("jobs", { timeout: 120_000 }, () => {
  it("go from queued over active, with progress, to completed, also for the owner's sockets", async () => {
    const [ada, bob] = [await guest(api.url), await guest(api.url)];
    const client = await Client.join(server, ada);
    const stranger = await Client.join(server, bob);
    const id = await enqueue(ada, "echo", { value: { a: [1] }, steps: 4, stepMilliseconds: 200 });
    expect((await ada.get(`/v1/jobs/${id}`)).body).toEqual({
      id,
      kind: "echo",
      state: "queued",
      progress: 0,
    });
    const worker = await platform.start("worker");
    await untilState(ada, id, "active");
    expect(await untilState(ada, id, "completed")).toEqual({
      id,
      kind: "echo",
      state: "completed",
      progress: 100,
      result: { a: [1] },
    });
    await client.until(() => client.of("job").some(({ state }) => state === "completed"));
    expect(client.of("job").map(({ state, progress }) => `${state} ${progress}`)).toEqual([
      "active 0",
      "active 25",
      "active 50",
      "active 75",
      "active 100",
      "completed 100",
    ]);
    expect(stranger.of("job")).toEqual([]);
    const metrics = await (await fetch(worker.metricsUrl)).text();
    expect(metrics).toContain('jobs_processed_total{kind="echo",outcome="completed"} 1');
    expect(metrics).toContain('job_duration_seconds_count{kind="echo"} 1');
    expect(metrics).toContain('queue_jobs{queue="jobs",state="completed"} 1');
    expect(await worker.end()).toBe(0);
  });

  it("count messages, and fail for good with a reason", async () => {
    const caller = await guest(api.url);
    const worker = await platform.start("worker");
    const [room, quiet] = [await createRoom(caller), await createRoom(caller)];
    for (const body of ["a", "b", "c"]) await caller.post(`/v1/rooms/${room}/messages`, { body });
    const id = await enqueue(caller, "report", { rooms: [room, quiet] });
    const { result } = await untilState(caller, id, "completed");
    expect(result).toEqual({ rooms: 2, messages: 3, busiest: { room, messages: 3 } });
    const missing = "00000000-0000-4000-8000-000000000000";
    const failing = await enqueue(caller, "report", { rooms: [missing] });
    expect(await untilState(caller, failing, "failed")).toMatchObject({
      error: `There is no room ${missing}.`,
    });
    await worker.end();
  });

  it("run again within 30 s when their worker is killed", async () => {
    const caller = await guest(api.url);
    const killed = await platform.start("worker");
    const id = await enqueue(caller, "echo", { value: "again", steps: 2, stepMilliseconds: 4_000 });
    await untilState(caller, id, "active");
    await killed.end("SIGKILL");
    const client = await Client.join(server, caller);
    const worker = await platform.start("worker");
    await client.until(() => client.of("job").some(({ state }) => state === "active"), 30);
    expect((await untilState(caller, id, "completed")).result).toBe("again");
    expect(await worker.end()).toBe(0);
  });

  it("are handed back on SIGTERM when they outlast the drain, and run at once elsewhere", async () => {
    const caller = await guest(api.url);
    const leaving = await platform.start("worker", { DRAIN_SECONDS: "1" });
    const id = await enqueue(caller, "echo", { value: "elsewhere", steps: 20, stepMilliseconds: 200 });
    await untilState(caller, id, "active");
    expect(await leaving.end()).toBe(0);
    expect((await caller.get(`/v1/jobs/${id}`)).body.state).toBe("queued");
    const worker = await platform.start("worker");
    expect((await untilState(caller, id, "completed")).result).toBe("elsewhere");
    expect(await worker.end()).toBe(0);
  });

  it("that fit into the drain are finished before the worker ends", async () => {
    const caller = await guest(api.url);
    const worker = await platform.start("worker");
    const id = await enqueue(caller, "echo", { value: "done", steps: 4, stepMilliseconds: 300 });
    await untilState(caller, id, "active");
    expect(await worker.end()).toBe(0);
    expect((await caller.get(`/v1/jobs/${id}`)).body.state).toBe("completed");
  });
});
