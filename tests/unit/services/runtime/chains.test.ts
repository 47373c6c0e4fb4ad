import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ChainProviders } from "../../../../services/contract/chains";
import { Problem } from "../../../../services/contract/problems";
import { blockMilliseconds, createChains } from "../../../../services/runtime/chains";
import { createOutboundHttp } from "../../../../services/runtime/outbound/http";
import { outboundMetrics } from "../../../../services/runtime/outbound/metrics";
import { answers, type Behaviour, FakeProvider, key, samples, until } from "./outbound/providers";

const started: { stop(): Promise<unknown> }[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
  // The cache takes the very beginning of time for 'never'.
  vi.advanceTimersByTime(1);
});
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(started.splice(0).map((thing) => thing.stop()));
});

async function provider(behaviour: Behaviour): Promise<FakeProvider> {
  const made = await FakeProvider.start(behaviour);
  started.push(made);
  return made;
}

function chainsOf(providers: ChainProviders) {
  const registry = new Registry();
  const http = createOutboundHttp();
  started.push({ stop: () => http.close() });
  const logged: unknown[] = [];
  const log = { warn: (...line: unknown[]) => void logged.push(line) };
  const policy = { retries: 0 };
  return {
    registry,
    logged,
    chains: createChains({ providers, http, metrics: outboundMetrics(registry), log, policy }),
  };
}

const result = (value: unknown) => answers(JSON.stringify({ jsonrpc: "2.0", id: 1, result: value }));
const error = (code: number, status = 200) =>
  answers(
    JSON.stringify({ jsonrpc: "2.0", id: 1, error: { code, message: `no key such as ${key}` } }),
    status,
  );

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const problem: unknown = await work.catch((thrown: unknown) => thrown);
  if (problem instanceof Problem) return problem;
  throw new Error(`no problem: ${String(problem)}`);
}

describe("the newest block", () => {
  it("is asked for with eth_blockNumber, and of Solana with getSlot", async () => {
    const ethereum = await provider(result("0x1406f40"));
    const solana = await provider(result(287_654_321));
    const { chains } = chainsOf({ ethereum: [ethereum.url], "solana-devnet": [solana.url] });
    expect(chains.names).toEqual(["ethereum", "solana-devnet"]);
    expect(await chains.newestBlock("ethereum")).toEqual({
      chain: "ethereum",
      block: 21_000_000,
      provider: "first",
      at: new Date().toISOString(),
    });
    expect((await chains.newestBlock("solana-devnet")).block).toBe(287_654_321);
    const asked = [...ethereum.bodies, ...solana.bodies].map((body) => JSON.parse(body));
    expect(asked).toEqual([
      { jsonrpc: "2.0", id: 1, method: "eth_blockNumber", params: [] },
      { jsonrpc: "2.0", id: 1, method: "getSlot", params: [] },
    ]);
  });

  it.each<[string, Behaviour, string]>([
    ["is no JSON", answers("<html>busy</html>"), "malformed"],
    ["is JSON of another kind", answers("[1]"), "malformed"],
    ["has no result", answers('{"jsonrpc":"2.0","id":1}'), "malformed"],
    ["has null as its result", result(null), "malformed"],
    ["has a result that is no number", result("latest"), "malformed"],
    ["has a result beyond all numbers", result("0x123456789abcdef0"), "malformed"],
    ["is 'too many requests'", error(-32005), "rate_limited"],
    ["is 429 as a code of JSON-RPC", error(429), "rate_limited"],
    ["is an internal error", error(-32603), "status"],
    ["is 401", answers("who are you?", 401), "status"],
    ["is 403 with an error inside", error(-32000, 403), "status"],
  ])("comes from the fallback when the first answer %s", async (_name, behaviour, outcome) => {
    const first = await provider(behaviour);
    const fallback = await provider(result("0x10"));
    const { chains, registry } = chainsOf({ base: [first.url, fallback.url] });
    expect(await chains.newestBlock("base")).toMatchObject({ block: 16, provider: "fallback" });
    expect(await samples(registry, "outbound_request_duration_seconds")).toEqual({
      [`first ${outcome}`]: 1,
      "fallback ok": 1,
    });
  });

  it("is not asked of another provider when the chain does not know the method", async () => {
    const first = await provider(error(-32601));
    const fallback = await provider(result("0x10"));
    const { chains, logged } = chainsOf({ base: [first.url, fallback.url] });
    expect((await problemOf(chains.newestBlock("base"))).code).toBe("provider_unavailable");
    expect(fallback.requests).toBe(0);
    expect(String(JSON.stringify(logged))).not.toContain(key);
  });

  it("is a 503 with Retry-After when no provider answers, and neither log nor answer has a URL", async () => {
    const first = await provider(answers("", 500));
    const { chains, logged } = chainsOf({ base: [first.url] });
    const problem = await problemOf(chains.newestBlock("base"));
    expect(problem.toBody()).toMatchObject({
      status: 503,
      code: "provider_unavailable",
      detail: "No provider of base gives an answer; try again in a few seconds.",
      retryAfter: 5,
    });
    expect(logged).toHaveLength(1);
    expect(String(problem.cause)).toContain("first: status (500)");
    expect(String(problem.cause)).not.toContain("127.0.0.1");
  });

  it("is a 404 for a chain without providers, whatever its name", async () => {
    const { chains } = chainsOf({});
    expect(chains.names).toEqual([]);
    for (const name of ["ethereum", "constructor"])
      expect((await problemOf(chains.newestBlock(name))).code).toBe("chain_not_found");
  });

  it("is asked for once by all who ask at the same time, and again after 2 s", async () => {
    let release: (() => void) | undefined;
    const first = await provider((response) => {
      release = () => response.end('{"id":1,"result":"0x10"}');
    });
    const { chains } = chainsOf({ base: [first.url] });
    const all = Promise.all([1, 2, 3].map(() => chains.newestBlock("base")));
    await until(() => release !== undefined);
    release?.();
    expect((await all).map(({ block }) => block)).toEqual([16, 16, 16]);
    first.behaviour = result("0x11");
    expect((await chains.newestBlock("base")).block).toBe(16);
    expect(first.requests).toBe(1);
    await vi.advanceTimersByTimeAsync(blockMilliseconds + 1);
    expect((await chains.newestBlock("base")).block).toBe(17);
    expect(first.requests).toBe(2);
  });

  it("does not remember a failure", async () => {
    const first = await provider(answers("", 500));
    const { chains } = chainsOf({ base: [first.url] });
    await problemOf(chains.newestBlock("base"));
    first.behaviour = result("0x10");
    expect((await chains.newestBlock("base")).block).toBe(16);
  });
});
