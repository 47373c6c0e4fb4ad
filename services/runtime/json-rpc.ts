/** JSON-RPC 2.0 over HTTP with providers to choose from. */
import { z } from "zod";
import type { OutboundClient } from "./outbound/client";
import { ProviderFailure } from "./outbound/failure";
import type { OutboundResponse } from "./outbound/http";

/** The provider understood the call and refuses it; another one would, too. Its text may quote the URL and is not kept. */
export class JsonRpcError extends Error {
  override readonly name = "JsonRpcError";
  constructor(readonly code: number) {
    super(`the provider answered with the JSON-RPC error ${code}`);
  }
}

const answer = z.union([
  z.object({ error: z.object({ code: z.number() }) }),
  z.object({ result: z.unknown().refine((result) => result !== undefined) }),
]);

/** Codes for 'too many requests'. */
const rateLimitCodes = new Set([-32005, 429]);
/** Codes by which a provider says that it fails: internal error, resource not found or unavailable, node behind (Solana). */
const failureCodes = new Set([-32603, -32001, -32002, -32004, -32005, -32014, -32016]);

function read<T>({ status, body }: OutboundResponse, result: z.ZodType<T>): T {
  // 401 and 403: this provider does not want us. The next one has a key of its own.
  const refused = status < 200 || status > 299;
  const parsed = answer.safeParse(parse(body));
  if (parsed.success && "error" in parsed.data) {
    const { code } = parsed.data.error;
    if (rateLimitCodes.has(code))
      throw new ProviderFailure("rate_limited", { detail: String(code), passing: true, untouched: true });
    if (failureCodes.has(code) || refused)
      throw new ProviderFailure("status", { detail: `${status}, JSON-RPC ${code}` });
    throw new JsonRpcError(code);
  }
  if (refused) throw new ProviderFailure("status", { detail: String(status) });
  const value = parsed.success && "result" in parsed.data ? result.safeParse(parsed.data.result) : undefined;
  if (value?.success !== true) throw new ProviderFailure("malformed");
  return value.data;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/**
 * Asks for something that changes nothing. Answers the result and the rank of the provider that gave it. Throws
 * JsonRpcError or OutboundUnavailable.
 */
export function askJsonRpc<T>(client: OutboundClient, method: string, result: z.ZodType<T>) {
  return client.call({
    request: {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: [] }),
    },
    read: (response) => read(response, result),
    repeatable: true,
  });
}
