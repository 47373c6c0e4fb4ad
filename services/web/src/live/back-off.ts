/** Pauses between attempts: they grow, and no two clients keep step, so that a server that comes back is not overrun. */

/** Milliseconds. */
export interface BackOff {
  /** Upper bound of the first pause; each further one is twice the one before. */
  readonly base: number;
  /** No pause is longer. */
  readonly most: number;
}

/** Full jitter: anything from nothing to the bound of this attempt. `attempt` counts from 0. */
export function pause(attempt: number, { base, most }: BackOff, random: () => number): number {
  // Beyond 2^30 the bound has long been reached.
  return Math.round(random() * Math.min(most, base * 2 ** Math.min(attempt, 30)));
}
