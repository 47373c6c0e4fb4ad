/**
 * How a call to somebody else's service fails. Texts hold neither URLs nor what the other side wrote, since both can hold
 * keys; so an error of the HTTP client is never kept as a cause.
 */

/** Why one attempt at one provider failed. */
export type FailureReason =
  | "connection"
  | "timeout"
  | "status"
  | "rate_limited"
  | "too_large"
  | "malformed"
  | "circuit_open";

export interface FailureOptions {
  /** What a person needs to know beside the reason: `ECONNREFUSED`, `502`. */
  readonly detail?: string;
  /** The same provider may do better in a moment. */
  readonly passing?: boolean;
  /** The provider has surely not begun to work on the request, so that even a call that changes something may be repeated. */
  readonly untouched?: boolean;
  /** Milliseconds that the provider asks to be left alone for. */
  readonly retryAfter?: number;
}

/** A provider failed: it counts against the provider, and the next one is asked. */
export class ProviderFailure extends Error {
  override readonly name = "ProviderFailure";
  readonly passing: boolean;
  readonly untouched: boolean;
  readonly retryAfter: number | undefined;

  constructor(
    readonly reason: FailureReason,
    { detail, passing = false, untouched = false, retryAfter }: FailureOptions = {},
  ) {
    super(detail === undefined ? reason : `${reason} (${detail})`);
    this.passing = passing;
    this.untouched = untouched;
    this.retryAfter = retryAfter;
  }
}

/** No provider answered in time. `failures` has the last failure of each provider that was asked. */
export class OutboundUnavailable extends Error {
  override readonly name = "OutboundUnavailable";
  constructor(
    client: string,
    readonly failures: Readonly<Record<string, ProviderFailure>>,
  ) {
    const list = Object.entries(failures).map(([provider, { message }]) => `${provider}: ${message}`);
    super(`no provider of ${client} answers: ${list.join(", ")}`);
  }
}
