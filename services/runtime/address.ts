import { isIPv6 } from "node:net";

/**
 * What a limit for an address counts under: an IPv4 address, or the /64 network of an IPv6 address, since that is what
 * one subscriber is given.
 */
export function limitedAddress(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = "", tail] = address.split("%", 1)[0]?.split("::") ?? [];
  const groups = (part: string) => (part === "" ? [] : part.split(":"));
  const [first, last] = [groups(head), groups(tail ?? "")];
  // Groups that `::` stands for; an IPv4 address at the end is two groups.
  const gap = 8 - first.length - last.length - (address.includes(".") ? 1 : 0);
  const all = tail === undefined ? first : [...first, ...Array(gap).fill("0"), ...last];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}
