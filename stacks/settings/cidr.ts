import { isIPv4, isIPv6 } from "node:net";

/** A range of addresses. */
export interface Range {
  readonly bits: 32 | 128;
  readonly address: bigint;
  readonly prefix: number;
}

function groups(text: string): bigint[] {
  return text === "" ? [] : text.split(":").map((group) => BigInt(`0x${group}`));
}

function toNumber(address: string): { readonly bits: 32 | 128; readonly value: bigint } | undefined {
  if (isIPv4(address))
    return {
      bits: 32,
      value: address.split(".").reduce((sum, part) => (sum << 8n) + BigInt(part), 0n),
    };
  if (!isIPv6(address) || address.includes(".") || address.includes("%")) return undefined;
  const [head = "", tail] = address.split("::");
  const left = groups(head);
  const right = groups(tail ?? "");
  const all = [...left, ...Array<bigint>(8 - left.length - right.length).fill(0n), ...right];
  return { bits: 128, value: all.reduce((sum, group) => (sum << 16n) + group, 0n) };
}

function toText(bits: 32 | 128, value: bigint): string {
  const [count, size] = bits === 32 ? [4, 8n] : [8, 16n];
  const parts = Array.from(
    { length: count },
    (_, index) => (value >> (size * BigInt(count - 1 - index))) & ((1n << size) - 1n),
  );
  if (bits === 32) return parts.join(".");
  // A URL writes an IPv6 address in its shortest form.
  return new URL(`http://[${parts.map((part) => part.toString(16)).join(":")}]`).hostname.slice(1, -1);
}

/**
 * The range of an address and a prefix length, or a sentence that says what is wrong with it; `every` is its end for
 * the range of all addresses.
 */
export function parseRange(text: string, every = "write fewer"): Range | string {
  const shown = JSON.stringify(text);
  const [address = "", length, ...rest] = text.split("/");
  const parsed = toNumber(address);
  if (!parsed || rest.length > 0)
    return `${shown} is not a range of addresses; write one such as "203.0.113.0/24" or "203.0.113.7/32"`;
  const { bits, value } = parsed;
  if (length === undefined)
    return `${shown} has no prefix length; write "${text}/${bits}" for the one address`;
  const prefix = /^\d{1,3}$/.test(length) ? Number(length) : bits + 1;
  if (prefix > bits)
    return `${shown} has no such prefix length; write a number from 1 to ${bits} after the "/"`;
  if (prefix === 0) return `${shown} is every address; ${every}`;
  const behind = BigInt(bits - prefix);
  const start = (value >> behind) << behind;
  const canonical = toText(bits, start);
  if (start !== value)
    return `${shown} has bits behind its prefix; write "${canonical}/${prefix}" for the range or "${toText(bits, value)}/${bits}" for the one address`;
  if (`${canonical}/${prefix}` !== text)
    return `${shown} is not in its shortest form; write "${canonical}/${prefix}"`;
  return { bits, address: value, prefix };
}

/** Whether every address of `inner` is in `outer`. */
export function covers(outer: Range, inner: Range): boolean {
  return (
    outer.bits === inner.bits &&
    outer.prefix <= inner.prefix &&
    inner.address >> BigInt(inner.bits - outer.prefix) === outer.address >> BigInt(outer.bits - outer.prefix)
  );
}
