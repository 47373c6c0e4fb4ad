import type { MailSettings } from "./args";
import { type RecordPlan, recordInputs } from "./record";

/** RFC 7505: a name that takes no mail says so. */
const noServer = { host: ".", priority: 0 };

function spfText({ include, ip, all }: NonNullable<MailSettings["spf"]>): string {
  const ranges = ip.map(
    (range) => `${range.includes(":") ? "ip6" : "ip4"}:${range.replace(/\/(32|128)$/, "")}`,
  );
  return [
    "v=spf1",
    ...include.map((name) => `include:${name}`),
    ...ranges,
    all === "fail" ? "-all" : "~all",
  ].join(" ");
}

function dmarcText({ policy, reports, percent }: NonNullable<MailSettings["dmarc"]>): string {
  return [
    "v=DMARC1",
    `p=${policy}`,
    ...(percent === 100 ? [] : [`pct=${percent}`]),
    ...(reports === undefined ? [] : [`rua=mailto:${reports}`]),
  ].join("; ");
}

/** MX, SPF, DKIM and DMARC of a zone. */
export function mailRecords({ mx, spf, dkim, dmarc }: MailSettings, zone: string): RecordPlan[] {
  const ttl = undefined;
  const servers = mx.length > 0 ? mx : [noServer];
  const text = (key: string, name: string, content: string, source: string): RecordPlan => ({
    key,
    inputs: recordInputs({ name, type: "TXT", content, ttl }),
    source,
  });
  return [
    ...servers.map(({ host, priority }, index) => ({
      key: host === noServer.host ? "mx-none" : `mx-${host}`,
      inputs: recordInputs({ name: zone, type: "MX", content: host, priority, ttl }),
      source: `cloudflare.mail.mx.${index}.host`,
    })),
    ...(spf === undefined ? [] : [text("spf", zone, spfText(spf), "cloudflare.mail.spf")]),
    ...Object.entries(dkim).map(([selector, key]): RecordPlan => {
      const name = `${selector}._domainkey.${zone}`;
      const source = `cloudflare.mail.dkim.${selector}`;
      return "key" in key
        ? text(`dkim-${selector}`, name, `v=DKIM1; k=rsa; p=${key.key}`, source)
        : {
            key: `dkim-${selector}`,
            inputs: recordInputs({ name, type: "CNAME", content: key.target, proxied: false, ttl }),
            source,
          };
    }),
    ...(dmarc === undefined
      ? []
      : [text("dmarc", `_dmarc.${zone}`, dmarcText(dmarc), "cloudflare.mail.dmarc")]),
  ];
}
