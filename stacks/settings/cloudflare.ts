import { isIP } from "node:net";
import type { DnsSettings, ExtraRecord, MailSettings } from "../../components/dns/args";
import { Secret } from "../../components/shared/secret";
import type { CloudflareConfig } from "./cloudflare-fields";
import type { StackConfig } from "./schema";

type Config = NonNullable<CloudflareConfig>;
type RecordConfig = NonNullable<Config["records"]>[string];

/** Whether there is anything in the group: an empty one is what Pulumi.yaml gives to who says nothing. */
export const usesCloudflare = (config: StackConfig): boolean =>
  Object.values(config.cloudflare ?? {}).some((value) => value !== undefined);

/** `@` is the zone itself. */
export const fullName = (name: string, zone: string): string => (name === "@" ? zone : name);

/** The name of a stack's zone. */
export const zoneOf = (config: StackConfig, domain: string): string => config.cloudflare?.zoneName ?? domain;

function recordOf({ type, content, ...rest }: RecordConfig, zone: string): ExtraRecord {
  const common = { name: fullName(rest.name, zone), ttl: rest.ttl };
  switch (type) {
    case "A":
    case "AAAA":
    case "CNAME":
      return { ...common, type, content: fullName(content, zone), proxied: rest.proxied ?? false };
    case "TXT":
      return { ...common, type, content };
    case "MX":
      return { ...common, type, content, priority: rest.priority ?? 10 };
    case "CAA":
      return { ...common, type, content, tag: rest.tag ?? "issue" };
  }
}

const mapped = <T, U>(values: Readonly<Record<string, T>> | undefined, map: (value: T) => U) =>
  Object.fromEntries(Object.entries(values ?? {}).map(([name, value]): [string, U] => [name, map(value)]));

function mailOf(mail: Config["mail"]): MailSettings | undefined {
  if (mail === undefined) return undefined;
  const { spf, dmarc } = mail;
  return {
    mx: mail.mx ?? [],
    spf: spf && { include: spf.include ?? [], ip: spf.ip ?? [], all: spf.all ?? "fail" },
    // Half a key, which the checks refuse, is an empty one.
    dkim: mapped(mail.dkim, ({ target, key }) => (target === undefined ? { key: key ?? "" } : { target })),
    dmarc: dmarc && {
      policy: dmarc.policy ?? "none",
      reports: dmarc.reports,
      percent: dmarc.percent ?? 100,
    },
  };
}

/** A host's address is where its names lead, unless it is a name itself. */
const addressesOf = (config: Config, hostAddress: string | undefined): readonly string[] =>
  config.addresses ?? (hostAddress !== undefined && isIP(hostAddress) !== 0 ? [hostAddress] : []);

/** The settings about Cloudflare, completed; undefined: the stack has none. */
export function cloudflareOf(stack: StackConfig, domain: string): DnsSettings | undefined {
  if (!usesCloudflare(stack)) return undefined;
  const config = stack.cloudflare ?? {};
  const zone = zoneOf(stack, domain);
  return {
    role: config.zone ?? "member",
    zone,
    zoneId: config.zoneId,
    accountId: config.accountId,
    plan: config.plan ?? "free",
    token: config.apiToken === undefined ? undefined : new Secret(config.apiToken),
    addresses: addressesOf(config, stack.host?.address),
    proxied: config.proxied ?? true,
    minTlsVersion: config.minTlsVersion ?? "1.2",
    originPulls: config.originPulls ?? false,
    records: mapped(config.records, (record) => recordOf(record, zone)),
    mail: mailOf(config.mail),
    rules: {
      managed: config.waf?.managed ?? true,
      block: config.waf?.block ?? [],
      firewall: config.waf?.rules ?? {},
      rateLimits: mapped(config.rateLimits, (limit) => ({
        ...limit,
        timeout: limit.timeout ?? limit.period,
      })),
      cache: mapped(config.cache, ({ expression, edge, browser }) => ({ expression, edge, browser })),
      redirects: (config.redirects ?? []).map(({ from, to, permanent = true }) => ({ from, to, permanent })),
      headers: config.headers ?? {},
    },
  };
}
