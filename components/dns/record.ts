import type * as cloudflare from "@pulumi/cloudflare";
import type { ExtraRecord } from "./args";

/** What the provider is told of a record, but for the zone's id. Plain values: nothing here waits for a resource. */
export interface RecordInputs extends Omit<cloudflare.DnsRecordArgs, "zoneId"> {
  readonly name: string;
  readonly type: ExtraRecord["type"];
  readonly content?: string;
  readonly proxied?: boolean;
}

export interface RecordPlan {
  /** Stable part of the resource's name: what changes of a record changes in place. */
  readonly key: string;
  readonly inputs: RecordInputs;
  /** Where it is written: a key path, `sites.api.hostname`. */
  readonly source: string;
}

/** Cloudflare's word for a time to live of its own choice. */
const automatic = 1;

/** TXT in quotes, as Cloudflare gives it back, in strings of at most 255 characters, which DNS has. */
export function textContent(text: string): string {
  const parts = text.match(/[\s\S]{1,255}/g) ?? [];
  return parts.map((part) => `"${part.replace(/[\\"]/g, "\\$&")}"`).join(" ");
}

/** The inputs of a record. A proxied one has no time to live of its own, and only some types can be proxied. */
export function recordInputs(record: ExtraRecord): RecordInputs {
  const { name, type } = record;
  const ttl = record.ttl ?? automatic;
  switch (type) {
    case "A":
    case "AAAA":
    case "CNAME":
      return { name, type, content: record.content, proxied: record.proxied, ttl };
    case "TXT":
      return { name, type, content: textContent(record.content), ttl };
    case "MX":
      return { name, type, content: record.content, priority: record.priority, ttl };
    case "CAA":
      return { name, type, data: { flags: 0, tag: record.tag, value: record.content }, ttl };
  }
}
