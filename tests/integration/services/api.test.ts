import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRoom, guest, type Platform, type Service, startPlatform } from "./harness";

let platform: Platform;
let apis: [Service, Service];
beforeAll(async () => {
  platform = await startPlatform();
  apis = await Promise.all([platform.start("api"), platform.start("api")]);
}, 90_000);
afterAll(() => platform?.remove());

describe("the API on real stores", { timeout: 60_000 }, () => {
  it("answers health on both listeners and its metrics on a third", async () => {
    for (const base of [apis[0].url, apis[0].healthUrl]) {
      expect((await fetch(`${base}/health`)).status).toBe(200);
      expect(await (await fetch(`${base}/ready`)).json()).toMatchObject({
        status: "ready",
        checks: { postgres: "ok", redis: "ok" },
      });
    }
    const metrics = await (await fetch(apis[0].metricsUrl)).text();
    expect(metrics).toContain("http_request_duration_seconds_bucket{");
    expect(metrics).toContain("nodejs_eventloop_lag_seconds");
    expect(metrics).toContain('queue_jobs{queue="jobs",state="waiting"} 0');
  });

  it("numbers the messages of a room without gaps or duplicates, from two processes at once", async () => {
    const caller = await guest(apis[0].url);
    const room = await createRoom(caller);
    const total = 200;
    const answers = await Promise.all(
      Array.from({ length: total }, (_, index) =>
        caller.post(`/v1/rooms/${room}/messages`, { body: `m${index}` }, {}, apis[index % 2]?.url),
      ),
    );
    expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
    const numbers = answers.map(({ body }) => Number(body.seq)).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: total }, (_, index) => index + 1));
    const seen: unknown[] = [];
    for (let after: unknown = 0; after !== null; ) {
      const { body } = await caller.get(`/v1/rooms/${room}/messages?limit=77&after=${after}`);
      seen.push(...(body.messages as { seq: number }[]).map(({ seq }) => seq));
      after = body.next;
    }
    expect(seen).toEqual(numbers);
  });

  it("has one effect for one Idempotency-Key, however often and wherever it arrives", async () => {
    const caller = await guest(apis[0].url);
    const room = await createRoom(caller);
    const repeat = (path: string, body: unknown, key: string) =>
      Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          caller.post(path, body, { "idempotency-key": key }, apis[index % 2]?.url),
        ),
      );
    for (const [path, body] of [
      ["/v1/rooms", { name: "Once" }],
      [`/v1/rooms/${room}/messages`, { body: "once" }],
      ["/v1/jobs", { kind: "echo", input: { value: 1 } }],
    ] as const) {
      const answers = await repeat(path, body, `key-${path}`);
      expect(new Set(answers.map((answer) => JSON.stringify([answer.status, answer.body]))).size, path).toBe(
        1,
      );
      expect([201, 202], path).toContain(answers[0]?.status);
    }
    const { body } = await caller.get(`/v1/rooms/${room}/messages`);
    expect(body.messages).toHaveLength(1);
    const metrics = await (await fetch(apis[0].metricsUrl)).text();
    expect(metrics).toContain('queue_jobs{queue="jobs",state="waiting"} 1');
  });

  it("refuses other content under a used key, and keeps the keys of users apart", async () => {
    const [ada, bob] = [await guest(apis[0].url, "Ada"), await guest(apis[0].url, "Bob")];
    const key = { "idempotency-key": "shared" };
    const first = await ada.post("/v1/rooms", { name: "A" }, key);
    expect((await ada.post("/v1/rooms", { name: "B" }, key)).body.code).toBe("idempotency_key_reused");
    const other = await bob.post("/v1/rooms", { name: "B" }, key);
    expect(other.status).toBe(201);
    expect(other.body.id).not.toBe(first.body.id);
    await ada.post("/v1/jobs", { kind: "echo", input: { value: 1 } }, key);
    const job = await ada.post("/v1/jobs", { kind: "echo", input: { value: 2 } }, key);
    expect([job.status, job.body.code]).toEqual([422, "idempotency_key_reused"]);
  });

  it("does not remember a request that failed", async () => {
    const caller = await guest(apis[0].url);
    const key = { "idempotency-key": "later" };
    const missing = await caller.post(
      "/v1/rooms/00000000-0000-4000-8000-000000000000/messages",
      { body: "x" },
      key,
    );
    expect(missing.status).toBe(404);
    expect((await caller.post("/v1/rooms", { name: "x" }, key)).status).toBe(201);
  });

  it("shows a job to its owner alone", async () => {
    const [ada, bob] = [await guest(apis[0].url), await guest(apis[0].url)];
    const { body } = await ada.post("/v1/jobs", { kind: "echo" });
    expect((await ada.get(`/v1/jobs/${body.id}`)).body).toEqual({
      id: body.id,
      kind: "echo",
      state: "queued",
      progress: 0,
    });
    const theirs = await bob.get(`/v1/jobs/${body.id}`);
    expect([theirs.status, theirs.body.code]).toEqual([404, "job_not_found"]);
  });

  it("stores text as it is given", async () => {
    const caller = await guest(apis[0].url, "Robert'); DROP TABLE users;--");
    const room = await createRoom(caller);
    const body = `<script>alert(1)</script> '; DROP TABLE messages; -- \u{1F600} \\u0000 \u202e`;
    await caller.post(`/v1/rooms/${room}/messages`, { body });
    const page = await caller.get(`/v1/rooms/${room}/messages`);
    expect(page.body.messages).toMatchObject([{ body, user: { name: "Robert'); DROP TABLE users;--" } }]);
  });

  it("finishes an open request, refuses new connections and exits 0 on SIGTERM", async () => {
    const api = await platform.start("api");
    const caller = await guest(api.url);
    const room = await createRoom(caller);
    const posts = Array.from({ length: 50 }, (_, index) =>
      caller.post(`/v1/rooms/${room}/messages`, { body: `m${index}` }),
    );
    await Promise.race(posts);
    const exit = api.end();
    const answers = await Promise.allSettled(posts);
    expect(await exit).toBe(0);
    const answered = answers.filter(
      (answer) => answer.status === "fulfilled" && answer.value.status === 201,
    ).length;
    const { body } = await caller.get(`/v1/rooms/${room}/messages?limit=200`, apis[0].url);
    expect(body.messages).toHaveLength(answered);
    await expect(fetch(`${api.url}/health`)).rejects.toThrow();
  });
});
