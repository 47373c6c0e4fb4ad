import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Account } from "../../../support/load/account";
import { type HttpAnswer, type HttpRequest, KeepAliveClient } from "../../../support/load/keep-alive-client";
import { SteadyRequests } from "../../../support/load/steady-requests";

const room = "lobby";
let stored: string[];
/** Answers that the next POSTs of messages get instead of being stored. */
let refusals: (HttpAnswer | Error)[];
let keys: string[];

async function answer({ method, path, body = "", headers }: HttpRequest): Promise<HttpAnswer> {
  if (path === "/v1/auth/guest") return { status: 201, body: '{"token":"t","refreshToken":"r"}' };
  if (method === "GET" && path.includes("limit=200")) {
    const messages = stored.map((text, index) => ({ seq: index + 1, body: text }));
    return { status: 200, body: JSON.stringify({ messages, next: null }) };
  }
  if (method === "GET") return { status: 200, body: "{}" };
  keys.push(headers["idempotency-key"] ?? "");
  const refusal = refusals.shift();
  if (refusal instanceof Error) throw refusal;
  if (refusal !== undefined) return refusal;
  stored.push(JSON.parse(body).body);
  return { status: 201, body: "{}" };
}

const client = new KeepAliveClient({ origin: "https://localhost", ca: "", connections: 1, patience: 1 });

beforeEach(() => {
  [stored, refusals, keys] = [[], [], []];
  vi.useFakeTimers();
  vi.spyOn(client, "send").mockImplementation(answer);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function run(milliseconds: number): Promise<SteadyRequests> {
  const account = await Account.create(client, "Ada");
  keys = [];
  const requests = new SteadyRequests({ client, writers: [{ account, room }], perSecond: 100, pause: 1 });
  await vi.advanceTimersByTimeAsync(milliseconds);
  const stopped = requests.stop();
  await vi.advanceTimersByTimeAsync(5_000);
  await stopped;
  return requests;
}

it("sends GET and POST at its rate, every POST under a key of its own", async () => {
  const requests = await run(1_000);
  expect(requests.samples.filter(({ method }) => method === "GET")).toHaveLength(60);
  expect(requests.samples.filter(({ method }) => method === "POST")).toHaveLength(40);
  expect(new Set(keys).size).toBe(40);
  expect(requests.failures).toEqual([]);
  expect(await requests.problems()).toEqual([]);
});

it("counts a POST that fails, and sends it again under its key", async () => {
  const reset = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
  refusals = [{ status: 502, body: "bad gateway" }, reset];
  const requests = await run(50);
  expect(requests.failures).toMatchObject([
    { method: "POST", path: "/v1/rooms/lobby/messages", reason: "502: bad gateway" },
    { method: "POST", reason: "ECONNRESET: read ECONNRESET" },
  ]);
  expect(requests.failures.map(({ key }) => key)).toEqual([keys[0], keys[1]]);
  // Which of the two comes first is left open: the pause passes by the real clock.
  expect(keys).toHaveLength(4);
  for (const at of [0, 1]) expect(keys.slice(at + 1)).toContain(keys[at]);
  expect(requests.repeated).toBe(2);
  expect(await requests.problems()).toEqual([]);
});

it("finds what is lost, what is there twice and what nobody has sent", async () => {
  const requests = await run(50);
  expect(stored).toEqual(["message 1", "message 3"]);
  stored = ["message 3", "message 3", "message 4"];
  expect(await requests.problems()).toEqual([
    "message 1 is stored 0 times",
    "message 3 is stored 2 times",
    "message 4 is stored, and nobody has sent it",
  ]);
});
