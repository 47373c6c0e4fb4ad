import type { Secret } from "../shared/secret";

/** What a zone pays for; it decides which rules there may be. */
export const zonePlans = ["free", "pro", "business", "enterprise"] as const;
export type ZonePlan = (typeof zonePlans)[number];

/** Seconds that resolvers keep a record; undefined: Cloudflare's choice, five minutes. */
type Ttl = number | undefined;

/** A record that the stack's file names. `name` is a full name of the zone. */
export type ExtraRecord = { readonly name: string; readonly ttl: Ttl } & (
  | { readonly type: "A" | "AAAA" | "CNAME"; readonly content: string; readonly proxied: boolean }
  | { readonly type: "TXT"; readonly content: string }
  | { readonly type: "MX"; readonly content: string; readonly priority: number }
  | { readonly type: "CAA"; readonly tag: "issue" | "issuewild" | "iodef"; readonly content: string }
);
export type RecordType = ExtraRecord["type"];

/** Mail of the zone's own name. */
export interface MailSettings {
  /** Servers that take mail; an empty list: none does. */
  readonly mx: readonly { readonly host: string; readonly priority: number }[];
  /** Who may send. Undefined: no SPF record. */
  readonly spf:
    | {
        readonly include: readonly string[];
        /** Ranges of addresses. */
        readonly ip: readonly string[];
        /** What receivers do with mail of anybody else. */
        readonly all: "fail" | "softfail";
      }
    | undefined;
  /** By selector: the name at which the sender keeps the key, or the key itself, in Base64. */
  readonly dkim: Readonly<Record<string, { readonly target: string } | { readonly key: string }>>;
  readonly dmarc:
    | {
        readonly policy: "none" | "quarantine" | "reject";
        /** Address for reports. */
        readonly reports: string | undefined;
        /** Percent of the mails that the policy is for. */
        readonly percent: number;
      }
    | undefined;
}

/** A rule of the firewall, in Cloudflare's language of expressions. */
export interface FirewallRule {
  readonly expression: string;
  readonly action: "block" | "challenge" | "js_challenge" | "managed_challenge" | "log";
}

/** Requests of one address that match the expression, over which it is refused for a time. Seconds. */
export interface RateLimitRule {
  readonly expression: string;
  readonly requests: number;
  readonly period: number;
  readonly timeout: number;
}

export interface CacheRule {
  readonly expression: string;
  /** Seconds in Cloudflare's cache; 0: not cached; undefined: what the origin says. */
  readonly edge: number | undefined;
  /** Seconds in browsers; undefined: what the origin says. */
  readonly browser: number | undefined;
}

/** Leads a host name to another at the edge, path and query included; nothing behind it is asked. */
export interface EdgeRedirect {
  readonly from: string;
  readonly to: string;
  /** Whether clients may remember it: status 308, otherwise 307. */
  readonly permanent: boolean;
}

/** What holds for a zone as a whole; each by its name. */
export interface ZoneRules {
  /** Cloudflare's managed rules. They exist from the plan `pro` on; on `free` Cloudflare applies a few by itself. */
  readonly managed: boolean;
  /** Ranges that are refused. */
  readonly block: readonly string[];
  readonly firewall: Readonly<Record<string, FirewallRule>>;
  readonly rateLimits: Readonly<Record<string, RateLimitRule>>;
  readonly cache: Readonly<Record<string, CacheRule>>;
  readonly redirects: readonly EdgeRedirect[];
  /** Headers of every answer that goes through Cloudflare. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Settings about Cloudflare, completed. */
export interface DnsSettings {
  /** `owner`: what holds for the whole zone is this stack's. `member`: it has records and nothing else. */
  readonly role: "owner" | "member";
  readonly zone: string;
  /** Undefined: the zone is made, in the account. */
  readonly zoneId: string | undefined;
  readonly accountId: string | undefined;
  readonly plan: ZonePlan;
  /** Undefined: not there yet, which a preview can do without. */
  readonly token: Secret | undefined;
  /** Public addresses of the host. */
  readonly addresses: readonly string[];
  /** Whether requests for the host's names go through Cloudflare. */
  readonly proxied: boolean;
  readonly minTlsVersion: "1.2" | "1.3";
  /** Whether Cloudflare shows the host a certificate of its own, and the proxy takes no other client. */
  readonly originPulls: boolean;
  readonly records: Readonly<Record<string, ExtraRecord>>;
  readonly mail: MailSettings | undefined;
  readonly rules: ZoneRules;
}

/** A host name of the stack, and where requests for it go. */
export interface ServedName {
  readonly name: string;
  readonly platform: "host" | "vercel";
  /** Where it is written: a key path. */
  readonly source: string;
}

/** Strict-Transport-Security; seconds. */
export interface StrictTransport {
  readonly maxAge: number;
  readonly includeSubDomains: boolean;
  readonly preload: boolean;
}

export interface DnsPlanArgs extends DnsSettings {
  readonly stack: string;
  readonly names: readonly ServedName[];
  readonly hsts: StrictTransport | undefined;
  /** Requests a minute that the services take from one address; 0: any number. */
  readonly requestsPerAddress: number;
}
