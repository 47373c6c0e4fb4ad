import { z } from "zod";
import { covers, parseRange, type Range } from "./cidr";
import { checked } from "./fields";

/** Kinds of keys that the hardened SSH server takes. */
const keyKinds = ["ssh-ed25519", "sk-ssh-ed25519@openssh.com", "ssh-rsa"];
const leastRsaBits = 3072;

/** The fields of a public key's binary form: each is its length in four bytes, then its content. */
function blobFields(blob: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  let at = 0;
  while (at + 4 <= blob.length) {
    const length = blob.readUInt32BE(at);
    fields.push(blob.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return at === blob.length ? fields : [];
}

/** What is wrong with a line of `authorized_keys`, or undefined. What may be a private key is never echoed. */
export function publicKeyFault(value: string): string | undefined {
  const write = 'write the one line of the ".pub" file: "ssh-ed25519 AAAA... name"';
  if (value.includes("PRIVATE KEY")) return `is a private key, which belongs to nobody else; ${write}`;
  const match = /^([a-z0-9@.-]+) ([A-Za-z0-9+/]+={0,2})( [ -~]*)?$/.exec(value);
  if (!match) return `is not a public key; ${write}`;
  const [, kind = "", data = ""] = match;
  if (!keyKinds.includes(kind))
    return `is a key of the kind "${kind}", which the host does not take; write one of the kind ${keyKinds.join(", ")}`;
  const fields = blobFields(Buffer.from(data, "base64"));
  if (fields.length < 2 || fields[0]?.toString() !== kind) return `is not a whole public key; ${write}`;
  const modulus = fields[2]?.toString("hex").replace(/^0+/, "") ?? "";
  const bits = modulus === "" ? 0 : BigInt(`0x${modulus}`).toString(2).length;
  return kind === "ssh-rsa" && bits < leastRsaBits
    ? `is an RSA key of ${bits} bits, which the host does not take; write one of ${leastRsaBits} or more, or an Ed25519 key`
    : undefined;
}

/** What a host shows of itself: a key without a name behind it. */
export const hostKey = () =>
  checked(z.string(), "public-key", (value) => {
    const fault = publicKeyFault(value);
    if (fault !== undefined)
      return fault.replace(/; .*/, "; run ./backline host trust <stack>, which writes it");
    return value.split(" ").length > 2 || value.startsWith("sk-")
      ? "is not the key of a host; run ./backline host trust <stack>, which writes it"
      : undefined;
  });

/** `ssh` reads `~` itself; anything relative would mean another file in another folder. */
export const identityFile = () =>
  checked(z.string(), "format", (value) =>
    /^(~|\/)[\w@+=:,. /-]*$/.test(value) && !value.endsWith(".pub")
      ? undefined
      : `${JSON.stringify(value)} is not the path of a private key; write an absolute path or one such as "~/.ssh/id_ed25519"`,
  );

export const publicKey = () => checked(z.string(), "public-key", publicKeyFault);

/**
 * Ranges of addresses, none of them inside another. `words` stand for ranges by a name; `every` is the mend for who
 * writes the range of all addresses.
 */
export const ranges = (words: readonly string[] = [], every = "leave the list out to let every address in") =>
  z
    .array(
      checked(z.string(), "cidr", (value) => {
        if (words.includes(value)) return undefined;
        const range = parseRange(value, every);
        return typeof range === "string" ? range : undefined;
      }),
    )
    .superRefine((values, context) => {
      const known = values.map((text) => ({ text, range: parseRange(text) }));
      const isRange = (one: { text: string; range: Range | string }): one is { text: string; range: Range } =>
        typeof one.range !== "string";
      const good = known.filter(isRange);
      for (const [index, inner] of good.entries())
        for (const [other, outer] of good.entries()) {
          const same = inner.text === outer.text;
          if (index === other || (same && index < other) || !covers(outer.range, inner.range)) continue;
          context.addIssue({
            code: "custom",
            path: [values.lastIndexOf(inner.text)],
            message: `"${inner.text}" is already in "${outer.text}"; remove it`,
            params: { code: "cidr" },
          });
        }
    });

export const timeZone = () =>
  checked(z.string(), "time-zone", (value) => {
    const fault = `${JSON.stringify(value)} is not a time zone; write one such as "Etc/UTC" or "Europe/Berlin"`;
    if (!/^(UTC|[A-Z][A-Za-z]+(\/[A-Z][A-Za-z0-9_+-]+)+)$/.test(value)) return fault;
    try {
      new Intl.DateTimeFormat("en", { timeZone: value });
      return undefined;
    } catch {
      return fault;
    }
  });
