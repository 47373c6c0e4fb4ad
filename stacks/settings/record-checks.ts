import { isIPv4, isIPv6 } from "node:net";
import type { Finding } from "./checks";
import type { CloudflareConfig } from "./cloudflare-fields";
import { domainFault } from "./fields";

type RecordConfig = NonNullable<NonNullable<CloudflareConfig>["records"]>[string];
type RecordType = RecordConfig["type"];

const show = (value: string): string => JSON.stringify(value);

/** Types whose names are no host names: `_dmarc.example.com`. */
const underscored: readonly RecordType[] = ["TXT", "CNAME"];

/** What is wrong with a name or a target, in which labels may begin with an underscore; undefined where nothing is. */
function nameFault(value: string, allowed: { underscore: boolean; wildcard: boolean }): string | undefined {
  if ((allowed.wildcard ? value.replace(/^\*\./, "") : value).includes("*"))
    return `${show(value)} has a "*" in it; a wildcard is "*." before a name, and nowhere else`;
  if (value.includes(":") && !value.includes("://")) return `${show(value)} has a port; write the name alone`;
  return domainFault(value, allowed);
}

function addressFault({ type, content }: RecordConfig): string | undefined {
  const [fits, other, otherType, example] =
    type === "A"
      ? [isIPv4(content), isIPv6(content), "AAAA", "203.0.113.7"]
      : [isIPv6(content), isIPv4(content), "A", "2001:db8::7"];
  if (fits) return undefined;
  return other
    ? `${show(content)} is an address for type: ${otherType}; write that type, or one such as "${example}"`
    : `${show(content)} is not an address for type: ${type}; write one such as "${example}"`;
}

function textFault(content: string): string | undefined {
  if (content.trim() === "") return "is an empty text; write one or remove the record";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(content))
    return "has a line break or a control character in it; write one line";
  if (/^".*"$/.test(content)) return "has quotes of its own, which are added here; write the text alone";
  return content.length > 2_048 ? `has ${content.length} characters; write 2048 at most` : undefined;
}

function authorityFault({ tag = "issue", content }: RecordConfig): string | undefined {
  if (tag === "iodef")
    return /^(mailto:[^\s@]+@[^\s@]+|https:\/\/[^\s]+)$/.test(content)
      ? undefined
      : `${show(content)} is nowhere to report to; write "mailto:security@example.com"`;
  return content === ";" || domainFault(content) === undefined
    ? undefined
    : `${show(content)} is no authority; write its name, "letsencrypt.org", or ";" for none`;
}

function contentFault(record: RecordConfig, zone: string): string | undefined {
  const { type, name, content } = record;
  switch (type) {
    case "A":
    case "AAAA":
      return addressFault(record);
    case "CNAME":
      if (content === name || (name === "@" && content === zone))
        return `${show(content)} is the record's own name; write another`;
      return content === "@" ? undefined : nameFault(content, { underscore: true, wildcard: false });
    case "MX":
      return isIPv4(content) || isIPv6(content)
        ? `${show(content)} is an address; write the name of the server`
        : nameFault(content, { underscore: false, wildcard: false });
    case "TXT":
      return textFault(content);
    case "CAA":
      return authorityFault(record);
  }
}

/** Keys that belong to other types, or go with no other. */
function keyFaults({ type, proxied, priority, tag, ttl }: RecordConfig): [string, string][] {
  const only = (key: string, types: readonly RecordType[], value: unknown): [string, string][] =>
    value === undefined || types.includes(type)
      ? []
      : [[key, `is for ${types.join(", ")} alone, and type is ${type}; remove it`]];
  return [
    ...only("proxied", ["A", "AAAA", "CNAME"], proxied),
    ...only("priority", ["MX"], priority),
    ...only("tag", ["CAA"], tag),
    ...(type === "MX" && priority === undefined
      ? [["priority", "is missing; write a number such as 10"] satisfies [string, string]]
      : []),
    ...(ttl !== undefined && proxied === true
      ? [["ttl", "is Cloudflare's choice for a proxied record; remove it"] satisfies [string, string]]
      : []),
    ...(ttl !== undefined && !(Number.isInteger(ttl) && ttl >= 60 && ttl <= 86_400)
      ? [["ttl", `"${ttl}s" is out of range; write "1m" to "1d"`] satisfies [string, string]]
      : []),
  ];
}

/** Whether a name is the zone's, or below it. */
function zoneFault(name: string, zone: string): string | undefined {
  if (name === "@" || name === zone || name.endsWith(`.${zone}`)) return undefined;
  const labels = name.split(".");
  const kept = labels[0] === "*" && labels.length === 2 ? name : labels[0];
  return `${show(name)} is not in the zone ${zone}; write "${kept}.${zone}", or "@" for the zone itself`;
}

/** What is wrong with the records that a stack's file names, one by one. */
export function checkRecords({ records = {} }: NonNullable<CloudflareConfig>, zone: string): Finding[] {
  return Object.entries(records).flatMap(([key, record]) => {
    const path = `cloudflare.records.${key}`;
    const { name, type } = record;
    const found = (code: Finding["code"], at: string, message: string | undefined): Finding[] =>
      message === undefined ? [] : [{ code, path: at, message }];
    const outside = zoneFault(name, zone);
    const form =
      name === "@" || (outside !== undefined && !name.includes(":"))
        ? undefined
        : nameFault(name, { underscore: underscored.includes(type), wildcard: true });
    return [
      ...found("name", path, ruleNameFault(key)),
      ...found("domain", `${path}.name`, form ?? outside),
      ...found("dns-record", `${path}.content`, contentFault(record, zone)),
      ...keyFaults(record).flatMap(([at, message]) => found("dns-record", `${path}.${at}`, message)),
    ];
  });
}

/** Names of records and rules are part of the names of resources. */
export const ruleNameFault = (name: string): string | undefined =>
  /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(name)
    ? undefined
    : `${show(name)} cannot be part of a resource's name; write lower-case letters, digits and inner hyphens, at most 40`;
