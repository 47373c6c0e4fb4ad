/** What the platform knows about chains, from JSON-RPC providers. */
import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { BlockAnswer, ChainProviders } from "../contract/chains";
import { Problem } from "../contract/problems";
import { askJsonRpc, JsonRpcError } from "./json-rpc";
import type { Logger } from "./log";
import { createOutboundClient, type OutboundClient } from "./outbound/client";
import { OutboundUnavailable } from "./outbound/failure";
import type { OutboundHttp } from "./outbound/http";
import type { OutboundMetrics } from "./outbound/metrics";
import type { PolicyOptions } from "./outbound/provider";

export interface Chains {
  /** Chains that have providers, sorted. */
  readonly names: readonly string[];
  /** Throws `chain_not_found`, or `provider_unavailable` when no provider gives an answer. */
  newestBlock(chain: string): Promise<BlockAnswer>;
}

export interface ChainsOptions {
  readonly providers: ChainProviders;
  readonly http: OutboundHttp;
  readonly metrics: OutboundMetrics;
  readonly log: Pick<Logger, "warn">;
  readonly policy?: Partial<PolicyOptions>;
}

/** Milliseconds that a block number is good for; callers at the same time share one question. */
export const blockMilliseconds = 2_000;

/** Seconds after which a client may ask again. */
const retryAfterSeconds = 5;

const hexadecimal = z
  .string()
  .regex(/^0x[0-9a-f]{1,13}$/i)
  .transform(Number);
const height = z.number().int().min(0);

/** How the newest block is asked for: Solana counts slots, everybody else speaks as Ethereum does. */
const methodOf = (chain: string) =>
  /^solana(-|$)/.test(chain)
    ? { method: "getSlot", result: height }
    : { method: "eth_blockNumber", result: hexadecimal };

export function createChains({ providers, http, metrics, log, policy }: ChainsOptions): Chains {
  const clients = new Map<string, OutboundClient>(
    Object.entries(providers).map(([chain, urls]) => [
      chain,
      createOutboundClient({
        name: `chain-${chain}`,
        urls,
        http,
        metrics,
        ...(policy === undefined ? {} : { policy }),
      }),
    ]),
  );
  async function ask(chain: string, client: OutboundClient): Promise<BlockAnswer> {
    const { method, result } = methodOf(chain);
    try {
      const { value, rank } = await askJsonRpc<number>(client, method, result);
      const provider = rank === 0 ? "first" : "fallback";
      return { chain, block: value, provider, at: new Date().toISOString() };
    } catch (error) {
      if (!(error instanceof OutboundUnavailable) && !(error instanceof JsonRpcError)) throw error;
      log.warn({ err: error, chain }, "no provider of a chain gives an answer");
      throw new Problem(
        "provider_unavailable",
        `No provider of ${chain} gives an answer; try again in a few seconds.`,
        { retryAfter: retryAfterSeconds },
        { cause: error },
      );
    }
  }
  const blocks = new LRUCache<string, BlockAnswer, OutboundClient>({
    max: Math.max(1, clients.size),
    ttl: blockMilliseconds,
    // Looked up at each call, so that a test can set the clock.
    perf: { now: () => performance.now() },
    fetchMethod: (chain, _stale, { context }) => ask(chain, context),
  });
  return {
    names: [...clients.keys()].sort(),
    async newestBlock(chain) {
      const client = clients.get(chain);
      if (client === undefined) throw new Problem("chain_not_found", `There is no chain ${chain}.`);
      return blocks.forceFetch(chain, { context: client });
    },
  };
}
