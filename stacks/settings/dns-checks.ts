import type { RecordPlan } from "../../components/dns/record";
import { inZone } from "../../components/dns/records";
import { planOfDns } from "../dns";
import { usedNames } from "../sites";
import type { Finding } from "./checks";
import type { Settings } from "./settings";

const show = (value: string): string => JSON.stringify(value);
const isAddress = ({ inputs }: RecordPlan): boolean => ["A", "AAAA", "CNAME"].includes(inputs.type);
const isSpf = ({ inputs }: RecordPlan): boolean =>
  inputs.type === "TXT" && (inputs.content ?? "").startsWith('"v=spf1');

/** Whether a name is below that of a wildcard: of DNS, whose wildcards cover every depth. */
const covers = (wildcard: string, name: string): boolean =>
  wildcard.startsWith("*.") && name !== wildcard && name.endsWith(wildcard.slice(1));

/** Two records that cannot stand beside each other; `other` comes first. */
function clash(record: RecordPlan, other: RecordPlan, zone: string): Omit<Finding, "path"> | undefined {
  const { name, type, content } = record.inputs;
  // Host names that are used twice are said where they are compared with one another.
  const isServed = ({ source }: RecordPlan) => !source.startsWith("cloudflare.");
  if (name !== other.inputs.name || (isServed(record) && isServed(other))) return undefined;
  const sameData = JSON.stringify(record.inputs.data) === JSON.stringify(other.inputs.data);
  if (type === other.inputs.type && content === other.inputs.content && sameData)
    return { code: "dns-record", message: `is the same record as ${other.source}; remove one of them` };
  // Cloudflare answers with the target's addresses where the zone itself is a CNAME.
  const apart = name === zone ? isAddress : () => true;
  if ([type, other.inputs.type].includes("CNAME") && apart(record) && apart(other))
    return {
      code: "dns-record",
      message: `${type} ${show(name)} stands beside the ${other.inputs.type} of ${other.source}, and a CNAME tolerates no other record; remove one of them`,
    };
  if (isAddress(record) && isAddress(other) && record.source !== other.source && !isNamed(other))
    return {
      code: "duplicate-hostname",
      message: `${show(name)} is already the host name of ${other.source}; remove one of them, or write further addresses of the host in cloudflare.addresses`,
    };
  return isSpf(record) && isSpf(other)
    ? {
        code: "dns-record",
        message: `is a second SPF record of ${show(name)} beside ${other.source}, and receivers take neither; remove one of them`,
      }
    : undefined;
}

const isNamed = ({ source }: RecordPlan): boolean => source.startsWith("cloudflare.records.");

/** Records that cannot stand beside one another, those that follow from sites, redirects and mail among them. */
export function checkRecordsTogether(settings: Settings): Finding[] {
  const { cloudflare } = settings;
  if (cloudflare === undefined) return [];
  const records = planOfDns(settings, cloudflare).records;
  return records.flatMap((record, index): Finding[] => {
    const path = record.source;
    const found = records
      .slice(0, index)
      .map((other) => clash(record, other, cloudflare.zone))
      .find((one) => one !== undefined);
    if (found) return [{ ...found, path }];
    const covered = isAddress(record)
      ? records.find((other) => isAddress(other) && covers(record.inputs.name, other.inputs.name))
      : undefined;
    return covered
      ? [
          {
            code: "duplicate-hostname",
            path,
            message: `${show(record.inputs.name)} covers ${show(covered.inputs.name)} of ${covered.source}; name the hosts one by one`,
          },
        ]
      : [];
  });
}

/** Sites in other zones: their records are not here to be made. */
export function checkZoneOfSites({ cloudflare, sites }: Settings): Finding[] {
  if (cloudflare === undefined) return [];
  const { zone } = cloudflare;
  return sites
    .filter(({ hostname }) => !inZone(hostname, zone))
    .map(({ name, hostname }) => ({
      code: "zone" as const,
      path: `sites.${name}.hostname`,
      message: `${show(hostname)} is not in the zone ${zone}; write a name below it, or the zone's name as cloudflare.zoneName`,
    }));
}

/** Ports at which Cloudflare takes requests: https://developers.cloudflare.com/fundamentals/reference/network-ports */
const httpsPorts = [443, 2053, 2083, 2087, 2096, 8443];
const httpPorts = [80, 8080, 8880, 2052, 2082, 2086, 2095];

/** What has to fit together where Cloudflare stands before the host. */
export function checkProxied({ cloudflare, host, proxy, sites }: Settings): Finding[] {
  const onHost = sites.some(({ platform }) => platform === "host");
  const kind = proxy.certificates.kind;
  const found = (code: Finding["code"], path: string, message: string): Finding => ({ code, path, message });
  if (cloudflare === undefined)
    return kind === "cloudflare"
      ? [
          found(
            "certificates",
            "proxy.certificates",
            '"cloudflare" needs the keys of cloudflare; set them, or write "acme"',
          ),
        ]
      : [];
  const { addresses, proxied, originPulls } = cloudflare;
  const port = (key: "httpPort" | "httpsPort", known: readonly number[]): Finding[] =>
    proxied && onHost && !known.includes(proxy[key])
      ? [
          found(
            "port",
            `proxy.${key}`,
            `${proxy[key]} is none of the ports that Cloudflare takes requests at; write ${known.join(", ")}, or set cloudflare.proxied: false`,
          ),
        ]
      : [];
  return [
    ...(onHost && addresses.length === 0
      ? [
          found(
            "incomplete",
            "cloudflare.addresses",
            host.address === undefined
              ? "is missing, and host.address is not set; write the public addresses of the host"
              : `is missing, and host.address, ${show(host.address)}, is no address; write the public addresses of the host`,
          ),
        ]
      : []),
    ...port("httpPort", httpPorts),
    ...port("httpsPort", httpsPorts),
    ...(proxied && onHost && kind === "internal"
      ? [
          found(
            "certificates",
            "proxy.certificates",
            '"internal" is an authority that Cloudflare does not know, so that it would answer 526; write "cloudflare", or set cloudflare.proxied: false',
          ),
        ]
      : []),
    ...(!proxied && kind === "cloudflare"
      ? [
          found(
            "certificates",
            "proxy.certificates",
            '"cloudflare" is an authority that Cloudflare alone knows, and no browser; write "acme", or remove cloudflare.proxied: false',
          ),
        ]
      : []),
    ...(!proxied && originPulls
      ? [
          found(
            "zone",
            "cloudflare.originPulls",
            "keeps everybody out where requests do not go through Cloudflare; remove it, or cloudflare.proxied: false",
          ),
        ]
      : []),
  ];
}

/** Cloudflare signs names of zones that it serves. */
export function checkSignedNames(settings: Settings): Finding[] {
  const { cloudflare, proxy } = settings;
  if (cloudflare === undefined || proxy.certificates.kind !== "cloudflare") return [];
  return usedNames(settings)
    .filter(
      ({ name, platform, path }) =>
        platform === "host" && !inZone(name, cloudflare.zone) && !path.endsWith(".hostname"),
    )
    .map(({ name, path }) => ({
      code: "certificates" as const,
      path,
      message: `${show(name)} is not in the zone ${cloudflare.zone}, so that Cloudflare signs no certificate for it; remove it, or redirect it where it is served`,
    }));
}

/** Warnings: what works less well than it looks. */
export function warnAboutProxied(settings: Settings): Finding[] {
  const { cloudflare, proxy, host } = settings;
  if (!cloudflare?.proxied) return [];
  const deep = usedNames(settings).filter(
    ({ name, platform }) =>
      platform === "host" &&
      inZone(name, cloudflare.zone) &&
      name.split(".").length > cloudflare.zone.split(".").length + 1,
  );
  return [
    ...deep.map(({ name, path }) => ({
      code: "certificates" as const,
      path,
      message: `${show(name)} is more than one label below ${cloudflare.zone}, which Cloudflare's universal certificate does not cover; it needs an advanced one`,
    })),
    ...(proxy.trustedProxies.includes("cloudflare") || host.webFrom === "cloudflare"
      ? []
      : [
          {
            code: "client-address" as const,
            path: "proxy.trustedProxies",
            message:
              "requests come through Cloudflare, and without [cloudflare] here its addresses are taken for the clients'",
          },
        ]),
  ];
}
