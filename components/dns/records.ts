import { isIPv6 } from "node:net";
import type { DnsPlanArgs, ServedName } from "./args";
import { mailRecords } from "./mail";
import { type RecordPlan, recordInputs } from "./record";

/** https://vercel.com/docs/domains: the zone's own name has other records, and so cannot be a CNAME. */
export const vercel = { address: "76.76.21.21", alias: "cname.vercel-dns.com" } as const;

/** Stands at names for which Cloudflare answers itself: a range that leads nowhere (RFC 6666). */
export const nowhere = "100::";

/** Whether a name is in a zone. */
export const inZone = (name: string, zone: string): boolean => name === zone || name.endsWith(`.${zone}`);

/** A name's first record is named after it alone, so that another address or platform changes it in place. */
function hostRecords({ name, source }: ServedName, { addresses, proxied }: DnsPlanArgs): RecordPlan[] {
  return addresses.map((content, index) => ({
    key: index === 0 ? name : `${name}-${content}`,
    inputs: recordInputs({ name, type: isIPv6(content) ? "AAAA" : "A", content, proxied, ttl: undefined }),
    source,
  }));
}

function vercelRecord({ name, source }: ServedName, zone: string): RecordPlan {
  const common = { name, proxied: false, ttl: undefined };
  return {
    key: name,
    inputs:
      name === zone
        ? recordInputs({ ...common, type: "A", content: vercel.address })
        : recordInputs({ ...common, type: "CNAME", content: vercel.alias }),
    source,
  };
}

/** Every record of a stack: of its host names, of redirects at the edge, of mail, and those that its file names. */
export function planRecords(args: DnsPlanArgs): RecordPlan[] {
  const { names, zone } = args;
  const served = names
    // Who redirects a name of another zone to the proxy looks after its records.
    .filter(({ name }) => inZone(name, zone))
    .flatMap((served) =>
      served.platform === "host" ? hostRecords(served, args) : [vercelRecord(served, zone)],
    );
  const redirected = args.rules.redirects.map(({ from }, index) => ({
    key: from,
    inputs: recordInputs({ name: from, type: "AAAA", content: nowhere, proxied: true, ttl: undefined }),
    source: `cloudflare.redirects.${index}.from`,
  }));
  const mail = args.mail === undefined ? [] : mailRecords(args.mail, zone);
  const named = Object.entries(args.records).map(([key, record]) => ({
    key: `record-${key}`,
    inputs: recordInputs(record),
    source: `cloudflare.records.${key}`,
  }));
  const comment = `Backline, stack ${args.stack}`;
  return [...served, ...redirected, ...mail, ...named].map((record) => ({
    ...record,
    inputs: { ...record.inputs, comment },
  }));
}
