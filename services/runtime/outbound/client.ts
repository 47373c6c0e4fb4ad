/** Calls that some providers can answer: the first one that works does, within one deadline. */
import { OutboundUnavailable, ProviderFailure } from "./failure";
import type { OutboundHttp, OutboundRequest, OutboundResponse } from "./http";
import type { OutboundMetrics } from "./metrics";
import { createProvider, defaultPolicy, type PolicyOptions } from "./provider";

export interface ClientOptions {
  /** Name in metrics and errors. */
  readonly name: string;
  /** Where the providers are, the first choice first. URLs can hold keys and are never shown. */
  readonly urls: readonly string[];
  readonly http: OutboundHttp;
  readonly metrics: OutboundMetrics;
  /** Milliseconds of a call with all its attempts. Default 8 s. */
  readonly deadlineMilliseconds?: number;
  readonly policy?: Partial<PolicyOptions>;
}

export interface Call<T> {
  readonly request: OutboundRequest;
  /**
   * The value of an answer other than 429 and 5xx. Throws ProviderFailure where another provider should be asked, and
   * any other error where the answer is final.
   */
  readonly read: (response: OutboundResponse) => T;
  /** Whether the call changes nothing. What is not repeatable is sent again only if it surely was not begun. */
  readonly repeatable: boolean;
  readonly signal?: AbortSignal;
}

export interface Answered<T> {
  readonly value: T;
  /** Rank of the provider that answered: 0 is the first choice. */
  readonly rank: number;
}

export interface OutboundClient {
  /** Throws OutboundUnavailable, the signal's reason, or what `read` throws. */
  call<T>(call: Call<T>): Promise<Answered<T>>;
}

export function createOutboundClient({
  name,
  urls,
  http,
  metrics,
  deadlineMilliseconds = 8_000,
  policy = {},
}: ClientOptions): OutboundClient {
  const providers = urls.map((url, rank) => ({
    url,
    rank,
    provider: createProvider(name, rank, { ...defaultPolicy, ...policy }, metrics),
  }));

  async function inTurn<T>({ request, read, repeatable }: Call<T>, signal: AbortSignal, failures: Failures) {
    for (const { url, rank, provider } of providers) {
      const attempt = async (inner: AbortSignal) => read(await http.send(url, request, inner));
      try {
        return { value: await provider.run(attempt, repeatable, signal), rank };
      } catch (error) {
        if (!(error instanceof ProviderFailure)) throw error;
        failures[provider.name] = error;
        if (!repeatable && !error.untouched) break;
      }
    }
    throw new OutboundUnavailable(name, failures);
  }

  return {
    async call(call) {
      const failures: Failures = {};
      const deadline = new AbortController();
      const timer = setTimeout(() => deadline.abort(new ProviderFailure("timeout")), deadlineMilliseconds);
      const signals = call.signal === undefined ? [deadline.signal] : [deadline.signal, call.signal];
      const signal = AbortSignal.any(signals);
      try {
        // A pause between two attempts does not end by itself when the call is over.
        return await Promise.race([inTurn(call, signal, failures), aborted(signal)]);
      } catch (error) {
        if (call.signal?.aborted === true || !deadline.signal.aborted) throw error;
        throw new OutboundUnavailable(name, { ...failures, deadline: new ProviderFailure("timeout") });
      } finally {
        clearTimeout(timer);
        deadline.abort();
      }
    },
  };
}

type Failures = Record<string, ProviderFailure>;

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}
