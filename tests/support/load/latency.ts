/** Something that took a while. */
export interface Sample {
  /** Milliseconds since 1970. */
  readonly sent: number;
  readonly milliseconds: number;
}

/** Milliseconds, of all samples that were sent in a span of time. */
export interface Latency {
  readonly count: number;
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
  readonly most: number;
}

/** Latency of what was sent from `from` on and before `to`. */
export function latency(samples: readonly Sample[], from = 0, to = Number.POSITIVE_INFINITY): Latency {
  const sorted = samples
    .filter(({ sent }) => sent >= from && sent < to)
    .map(({ milliseconds }) => milliseconds)
    .sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return { count: sorted.length, median: at(0.5), p95: at(0.95), p99: at(0.99), most: sorted.at(-1) ?? 0 };
}
