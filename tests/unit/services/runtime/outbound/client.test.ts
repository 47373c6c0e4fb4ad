import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { OutboundUnavailable } from "../../../../../services/runtime/outbound/failure";
import type { PolicyOptions } from "../../../../../services/runtime/outbound/provider";
import { answers, type Behaviour, clientOf, FakeProvider, hangs, key, samples, until } from "./providers";

const started: { stop(): Promise<unknown> }[] = [];

async function given(behaviours: readonly Behaviour[], policy: Partial<PolicyOptions> = {}) {
  const providers = await Promise.all(behaviours.map((behaviour) => FakeProvider.start(behaviour)));
  const made = clientOf(
    providers.map(({ url }) => url),
    policy,
    { responseBytes: 10_000 },
  );
  started.push(...providers, { stop: () => made.http.close() });
  const [first, second] = providers;
  if (first === undefined) throw new Error("there is no provider");
  return { ...made, first, second: second ?? first };
}

/** A provider that nobody listens at any more. */
async function gone(): Promise<string> {
  const provider = await FakeProvider.start(hangs);
  const { url } = provider;
  await provider.stop();
  return url;
}

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

const quick = { backoff: { first: 1, most: 1 } };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(started.splice(0).map((thing) => thing.stop()));
});

/** Lets retries begin at once: each pause is over as soon as it has begun. */
async function throughPauses<T>(work: Promise<T>): Promise<T> {
  const state = { over: false };
  const end = () => {
    state.over = true;
  };
  work.then(end, end);
  await until(async () => {
    await vi.advanceTimersByTimeAsync(0.01);
    return state.over;
  });
  return work;
}

describe("a call", () => {
  it("is answered by the first provider, and no other is asked", async () => {
    const { call, first, second, registry } = await given([answers("a"), answers("b")]);
    expect(await call()).toEqual({ value: "200 a", rank: 0 });
    expect([first.requests, second.requests]).toEqual([1, 0]);
    expect(await samples(registry, "outbound_request_duration_seconds")).toEqual({ "first ok": 1 });
    expect(await samples(registry, "outbound_breaker_state")).toEqual({ first: 0, fallback: 0 });
  });

  it.each<[string, Behaviour, string]>([
    ["answers 500", answers("", 500), "status"],
    ["answers more than is taken", answers("x".repeat(20_000)), "too_large"],
    [
      "answers 429 and wants to be left alone for long",
      answers("", 429, { "retry-after": "60" }),
      "rate_limited",
    ],
    [
      "answers 503 and wants to be left alone until a date",
      answers("", 503, { "retry-after": "Fri, 31 Dec 2999 23:59:59 GMT" }),
      "status",
    ],
  ])("goes to the fallback at once when the first provider %s", async (_name, behaviour, outcome) => {
    const { call, first, registry } = await given([behaviour, answers("b")]);
    expect(await call()).toEqual({ value: "200 b", rank: 1 });
    expect(first.requests).toBe(1);
    expect(await samples(registry, "outbound_request_duration_seconds")).toEqual({
      [`first ${outcome}`]: 1,
      "fallback ok": 1,
    });
  });

  it.each<[string, Behaviour]>([
    ["answers 502", answers("", 502)],
    ["answers 429", answers("", 429)],
    ["hangs up", (response) => response.socket?.destroy()],
  ])(
    "is repeated twice when the first provider %s, and then goes to the fallback",
    async (_name, behaviour) => {
      const { call, first, registry } = await given([behaviour, answers("b")], quick);
      expect(await throughPauses(call())).toEqual({ value: "200 b", rank: 1 });
      expect(first.requests).toBe(3);
      expect(await samples(registry, "outbound_retries_total")).toEqual({ first: 2 });
    },
  );

  it("goes to the fallback when nobody listens", async () => {
    const second = await FakeProvider.start(answers("b"));
    const { call, http, registry } = clientOf([await gone(), second.url], quick);
    started.push(second, { stop: () => http.close() });
    expect(await throughPauses(call())).toEqual({ value: "200 b", rank: 1 });
    expect(await samples(registry, "outbound_request_duration_seconds")).toEqual({
      "first connection": 3,
      "fallback ok": 1,
    });
  });

  it.each<[string, Behaviour]>([
    ["does not answer", hangs],
    ["begins a body and does not end it", (response) => void response.writeHead(200).write("a")],
  ])("gives the first provider 2 s when it %s, and does not repeat", async (_name, behaviour) => {
    const { call, first, registry } = await given([behaviour, answers("b")]);
    const answer = call();
    await until(() => first.bodies.length === 1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await answer).toEqual({ value: "200 b", rank: 1 });
    expect(await samples(registry, "outbound_request_duration_seconds")).toEqual({
      "first timeout": 1,
      "fallback ok": 1,
    });
  });

  it("waits as long as Retry-After says", async () => {
    const { call, first, registry } = await given([answers("", 429, { "retry-after": "2" })]);
    const answer = call();
    await until(async () => (await samples(registry, "outbound_retries_total")).first === 1);
    first.behaviour = answers("a");
    await vi.advanceTimersByTimeAsync(1_999);
    expect(first.requests).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await answer).toEqual({ value: "200 a", rank: 0 });
    expect(first.requests).toBe(2);
  });

  it("tells of every provider when none answers, without what a URL holds", async () => {
    const { call, registry } = await given([answers("", 500), answers("", 503)], { ...quick, retries: 1 });
    const error = await failureOf(throughPauses(call()));
    expect(error).toBeInstanceOf(OutboundUnavailable);
    expect(String(error)).toBe(
      "OutboundUnavailable: no provider of test answers: first: status (500), fallback: status (503)",
    );
    expect(JSON.stringify([error, Object.entries(Object(error))])).not.toContain(key);
    expect(await registry.metrics()).not.toContain(key);
  });

  it("ends at its deadline, in the middle of a pause too", async () => {
    const { call, first, registry } = await given([answers("", 503, { "retry-after": "9" })], {
      longestRetryAfter: 60_000,
    });
    const failure = failureOf(call());
    await until(async () => (await samples(registry, "outbound_retries_total")).first === 1);
    await vi.advanceTimersByTimeAsync(8_000);
    expect(String(await failure)).toBe("OutboundUnavailable: no provider of test answers: deadline: timeout");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(first.requests).toBe(1);
  });

  it("ends when its caller gives up, and asks nobody else", async () => {
    const { call, first, second, registry } = await given([hangs, answers("b")]);
    const caller = new AbortController();
    const failure = failureOf(call({ signal: caller.signal }));
    await until(() => first.requests === 1);
    caller.abort(new Error("the caller gave up"));
    expect(String(await failure)).toBe("Error: the caller gave up");
    await until(
      async () => Object.keys(await samples(registry, "outbound_request_duration_seconds")).length > 0,
    );
    expect(await samples(registry, "outbound_request_duration_seconds")).toEqual({ "first aborted": 1 });
    expect(second.requests).toBe(0);
  });
});

describe("a call that changes something", () => {
  const repeatable = false;

  it("is neither repeated nor given to another once a provider may have begun", async () => {
    for (const behaviour of [answers("", 503), (response) => response.socket?.destroy()] as Behaviour[]) {
      const { call, first, second } = await given([behaviour, answers("b")], quick);
      expect(await failureOf(throughPauses(call({ repeatable })))).toBeInstanceOf(OutboundUnavailable);
      expect([first.requests, second.requests]).toEqual([1, 0]);
    }
  });

  it("is sent again where it surely was not begun", async () => {
    const second = await FakeProvider.start(answers("b"));
    const { call, http } = clientOf([await gone(), second.url], quick);
    started.push(second, { stop: () => http.close() });
    expect(await throughPauses(call({ repeatable }))).toEqual({ value: "200 b", rank: 1 });
  });
});

describe("the circuit breaker", () => {
  it("leaves a failing provider alone, tries it with a single call, and takes it back", async () => {
    const { call, first, registry } = await given([answers("", 500), answers("b")]);
    for (let turn = 0; turn < 5; turn += 1) await call();
    expect(await samples(registry, "outbound_breaker_state")).toEqual({ first: 2, fallback: 0 });
    expect(await call()).toEqual({ value: "200 b", rank: 1 });
    expect(first.requests).toBe(5);

    // The probe is not over when others come: they do not wait for it.
    let release: (() => void) | undefined;
    first.behaviour = (response) => {
      release = () => response.end("a");
    };
    await vi.advanceTimersByTimeAsync(10_000);
    const probe = call();
    await until(() => release !== undefined);
    expect(await samples(registry, "outbound_breaker_state")).toEqual({ first: 1, fallback: 0 });
    expect(await call()).toEqual({ value: "200 b", rank: 1 });
    expect(first.requests).toBe(6);
    release?.();
    expect(await probe).toEqual({ value: "200 a", rank: 0 });
    expect(await samples(registry, "outbound_breaker_state")).toEqual({ first: 0, fallback: 0 });
  });

  it("opens again when the single call fails", async () => {
    const { call, first, registry } = await given([answers("", 500), answers("b")]);
    for (let turn = 0; turn < 5; turn += 1) await call();
    await vi.advanceTimersByTimeAsync(10_000);
    await call();
    await call();
    expect(first.requests).toBe(6);
    expect(await samples(registry, "outbound_breaker_state")).toEqual({ first: 2, fallback: 0 });
  });
});
