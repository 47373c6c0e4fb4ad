/** Milliseconds that a Retry-After header asks for (seconds or an HTTP date); undefined when it says nothing usable. */
export function retryAfterMilliseconds(header: string | undefined, now = Date.now()): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
