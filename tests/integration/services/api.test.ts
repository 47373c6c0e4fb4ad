import { connect } from "node:net";
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
    expect(metrics).toContain('queue_jobs{queue="jobs",state="prioritized"} 1');
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

  it("stores text as it is given", async () => {
    const caller = await guest(apis[0].url, "Robert'); DROP TABLE users;--");
    const room = await createRoom(caller);
    const body = `<script>alert(1)</script> '; DROP TABLE messages; -- \u{1F600} \\u0000 \u202e`;
    await caller.post(`/v1/rooms/${room}/messages`, { body });
    const page = await caller.get(`/v1/rooms/${room}/messages`);
    expect(page.body.messages).toMatchObject([{ body, user: { name: "Robert'); DROP TABLE users;--" } }]);
  });

  it("answers a body that is too large, and then the next request, without cutting its sender off", async () => {
    const piece = Buffer.from(`10000\r\n${"x".repeat(0x10000)}\r\n`);
    const tenMegabytes = Buffer.alloc(10 * 1024 * 1024, "x");
    const next = "GET /health HTTP/1.1\r\nHost: api\r\nConnection: close\r\n\r\n";
    const bodies = [
      [`Content-Length: ${tenMegabytes.length}\r\n\r\n`, tenMegabytes],
      ["Transfer-Encoding: chunked\r\n\r\n", ...Array(160).fill(piece), "0\r\n\r\n"],
    ];
    for (const body of Array(5).fill(bodies).flat()) {
      const { answers, error } = await exchange(apis[0].url, [guestRequest, ...body, next]);
      expect([answers, error]).toEqual([["413", "200"], undefined]);
    }
  });

  it("cuts off a body that has no end", async () => {
    const piece = Buffer.from(`100000\r\n${"x".repeat(0x100000)}\r\n`);
    const sent = [guestRequest, "Transfer-Encoding: chunked\r\n\r\n", ...Array(100).fill(piece)];
    expect((await exchange(apis[0].url, sent)).error).toMatch(/^(EPIPE|ECONNRESET)$/);
    expect((await fetch(`${apis[0].url}/health`)).status).toBe(200);
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

/** The beginning of a request, up to the headers about its body. */
const guestRequest = "POST /v1/auth/guest HTTP/1.1\r\nHost: api\r\nContent-Type: application/json\r\n";

/** Sends bytes on one connection until it is closed; the answer is the status codes that came and how it broke. */
function exchange(url: string, pieces: readonly (string | Buffer)[]) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let received = "";
  let error: string | undefined;
  socket.setEncoding("utf8").on("data", (text: string) => {
    received += text;
  });
  socket.on("error", ({ code }: NodeJS.ErrnoException) => {
    error ??= code;
  });
  for (const piece of pieces) socket.write(piece);
  return new Promise<{ answers: string[]; error: string | undefined }>((resolve) => {
    socket.on("close", () => {
      const answers = [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => String(match[1]));
      resolve({ answers, error });
    });
  });
}
