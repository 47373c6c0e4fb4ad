/** One provider with the policies around it: a time for each attempt, a circuit breaker, retries. */
import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  type IBackoff,
  type IBackoffFactory,
  type IRetryBackoffContext,
  retry,
  TimeoutStrategy,
  timeout,
  wrap,
} from "cockatiel";
import { ProviderFailure } from "./failure";
import type { OutboundMetrics } from "./metrics";

export interface PolicyOptions {
  /** Milliseconds of one attempt. */
  readonly attemptMilliseconds: number;
  /** Attempts after the first at the same provider, for what may be repeated. */
  readonly retries: number;
  /** Milliseconds between attempts grow from `first` to about `most`, with decorrelated jitter. */
  readonly backoff: { readonly first: number; readonly most: number };
  /** Milliseconds of a Retry-After that are waited for; a provider that asks for more is left alone. */
  readonly longestRetryAfter: number;
  /** Failures in a row that open the breaker, and milliseconds until one call tries whether the provider works again. */
  readonly breaker: { readonly failures: number; readonly pause: number };
}

export const defaultPolicy: PolicyOptions = {
  attemptMilliseconds: 2_000,
  retries: 2,
  backoff: { first: 100, most: 1_000 },
  longestRetryAfter: 2_000,
  breaker: { failures: 5, pause: 10_000 },
};

export interface Provider {
  /** `first`, `fallback`, `fallback-2`, ... */
  readonly name: string;
  /** Runs attempts until one succeeds or repeating makes no sense. Throws ProviderFailure, or what `attempt` throws. */
  run<T>(attempt: (signal: AbortSignal) => Promise<T>, repeatable: boolean, signal: AbortSignal): Promise<T>;
}

type Backoff = IBackoffFactory<IRetryBackoffContext<unknown>>;

/** Jitter, but never before the provider's own Retry-After. */
function patient(inner: Backoff): Backoff {
  return {
    next(context): IBackoff<IRetryBackoffContext<unknown>> {
      const backoff = inner.next(context);
      const failure = "error" in context.result ? context.result.error : undefined;
      const asked = failure instanceof ProviderFailure ? (failure.retryAfter ?? 0) : 0;
      return { duration: Math.max(backoff.duration, asked), next: (next) => patient(backoff).next(next) };
    },
  };
}

export function createProvider(
  client: string,
  rank: number,
  options: PolicyOptions,
  metrics: OutboundMetrics,
): Provider {
  const name = rank === 0 ? "first" : rank === 1 ? "fallback" : `fallback-${rank}`;
  const labels = { client, provider: name };
  const breaker = circuitBreaker(
    handleWhen((error) => error instanceof ProviderFailure),
    { breaker: new ConsecutiveBreaker(options.breaker.failures), halfOpenAfter: options.breaker.pause },
  );
  metrics.breaker.set(labels, 0);
  breaker.onStateChange((state) =>
    metrics.breaker.set(labels, state === CircuitState.Closed ? 0 : state === CircuitState.HalfOpen ? 1 : 2),
  );
  const retrying = (may: (failure: ProviderFailure) => boolean) => {
    const policy = retry(
      handleWhen(
        (error) =>
          error instanceof ProviderFailure &&
          error.passing &&
          may(error) &&
          (error.retryAfter ?? 0) <= options.longestRetryAfter,
      ),
      {
        maxAttempts: options.retries,
        backoff: patient(
          new ExponentialBackoff({
            initialDelay: options.backoff.first,
            maxDelay: options.backoff.most,
          }),
        ),
      },
    );
    policy.onRetry(() => metrics.retries.inc(labels));
    return wrap(policy, breaker);
  };
  const always = retrying(() => true);
  const untouched = retrying((failure) => failure.untouched);
  const limit = timeout(options.attemptMilliseconds, TimeoutStrategy.Cooperative);

  const observed = async <T>(attempt: (signal: AbortSignal) => Promise<T>, signal: AbortSignal) => {
    const stop = metrics.duration.startTimer(labels);
    try {
      const value = await limit.execute(({ signal: inner }) => attempt(inner), signal);
      stop({ outcome: "ok" });
      return value;
    } catch (error) {
      const failure = signal.aborted || !isAbort(error) ? error : new ProviderFailure("timeout");
      stop({
        outcome: failure instanceof ProviderFailure ? failure.reason : signal.aborted ? "aborted" : "refused",
      });
      throw failure;
    }
  };

  return {
    name,
    async run(attempt, repeatable, signal) {
      // One call at a time tries a provider that failed; the library would make all others wait for it.
      if (breaker.state === CircuitState.HalfOpen) throw circuitOpen();
      try {
        return await (repeatable ? always : untouched).execute(() => {
          signal.throwIfAborted();
          return observed(attempt, signal);
        }, signal);
      } catch (error) {
        throw error instanceof BrokenCircuitError ? circuitOpen() : error;
      }
    },
  };
}

const circuitOpen = () => new ProviderFailure("circuit_open", { untouched: true });

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === "AbortError";
