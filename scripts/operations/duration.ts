/** `7d 23h`, `3h 59m`, `59m`, `12s`: the two largest units, rounded down. */
export function readableSeconds(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [days, hours] = [Math.floor(whole / 86_400), Math.floor((whole % 86_400) / 3_600)];
  const minutes = Math.floor((whole % 3_600) / 60);
  if (days > 0) return hours === 0 ? `${days}d` : `${days}d ${hours}h`;
  if (hours > 0) return minutes === 0 ? `${hours}h` : `${hours}h ${minutes}m`;
  return minutes > 0 ? `${minutes}m` : `${whole}s`;
}

const secondsBetween = (from: Date, to: Date): number => (to.getTime() - from.getTime()) / 1000;

export const ageOf = (created: string, now: Date): string =>
  readableSeconds(secondsBetween(new Date(created), now));

/** Time to an end; `0s` where it is over. */
export const remaining = (until: string, now: Date): string =>
  readableSeconds(secondsBetween(now, new Date(until)));
