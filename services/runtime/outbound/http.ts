/** HTTP to others: pooled connections, a limit on everything, errors without URLs. */
import { Agent, type Dispatcher, request } from "undici";
import { ProviderFailure } from "./failure";
import { retryAfterMilliseconds } from "./retry-after";

export interface OutboundRequest {
  readonly method: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface OutboundResponse {
  readonly status: number;
  readonly body: string;
}

export interface OutboundHttp {
  /** One attempt. Throws ProviderFailure, or the signal's reason once it is aborted. */
  send(url: string, request: OutboundRequest, signal: AbortSignal): Promise<OutboundResponse>;
  close(): Promise<void>;
}

export interface HttpLimits {
  /** Connections to one host. Requests beyond wait for one, within their time-out. Default 10. */
  readonly connections?: number;
  /** Bytes of an answer. Default 1 MiB. */
  readonly responseBytes?: number;
  /** Milliseconds until a connection stands. Default 2 s. */
  readonly connectMilliseconds?: number;
  /** Milliseconds until an answer's head has come. Default 5 s. */
  readonly headersMilliseconds?: number;
  /** Milliseconds between two parts of an answer's body. Default 5 s. */
  readonly bodyMilliseconds?: number;
}

export function createOutboundHttp({
  connections = 10,
  responseBytes = 1024 * 1024,
  connectMilliseconds = 2_000,
  headersMilliseconds = 5_000,
  bodyMilliseconds = 5_000,
}: HttpLimits = {}): OutboundHttp {
  const agent = new Agent({
    connections,
    pipelining: 1,
    connect: { timeout: connectMilliseconds },
    headersTimeout: headersMilliseconds,
    bodyTimeout: bodyMilliseconds,
    maxResponseSize: responseBytes,
    keepAliveTimeout: 10_000,
  });
  return {
    async send(url, { method, headers, body }, signal) {
      try {
        const response = await request(url, {
          dispatcher: agent,
          method,
          signal,
          ...(headers === undefined ? {} : { headers: { ...headers } }),
          ...(body === undefined ? {} : { body }),
        });
        return judged(response.statusCode, response.headers["retry-after"], await response.body.text());
      } catch (error) {
        if (error instanceof ProviderFailure) throw error;
        if (signal.aborted) throw signal.reason;
        throw failureOf(error);
      }
    },
    close: () => agent.destroy(),
  };
}

/** 429 and 5xx are the provider's failure; what else an answer means is up to who asked. */
function judged(
  status: number,
  retryAfter: Dispatcher.ResponseData["headers"][string],
  body: string,
): OutboundResponse {
  if (status !== 429 && status < 500) return { status, body };
  const wait = retryAfterMilliseconds(typeof retryAfter === "string" ? retryAfter : undefined);
  throw new ProviderFailure(status === 429 ? "rate_limited" : "status", {
    detail: String(status),
    passing: [429, 502, 503, 504].includes(status),
    untouched: status === 429,
    ...(wait === undefined ? {} : { retryAfter: wait }),
  });
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown";

/** Codes of failures before a single byte of the request has left. */
const unsent = new Set([
  ...["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "UND_ERR_CONNECT_TIMEOUT"],
]);

function failureOf(error: unknown): ProviderFailure {
  const code = codeOf(error);
  switch (code) {
    case "UND_ERR_RES_EXCEEDED_MAX_SIZE":
      return new ProviderFailure("too_large");
    case "UND_ERR_HEADERS_TIMEOUT":
    case "UND_ERR_BODY_TIMEOUT":
      return new ProviderFailure("timeout", { detail: code });
    default:
      return new ProviderFailure("connection", { detail: code, passing: true, untouched: unsent.has(code) });
  }
}
