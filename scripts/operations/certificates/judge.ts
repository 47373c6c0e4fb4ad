import type { Certificates } from "../../../components/proxy/args";
import type { AskedSite, Seen } from "./see";

export interface CertificateStatus {
  readonly site: string;
  readonly hostname: string;
  readonly state:
    | "valid"
    /** It was given, and ends within two weeks. */
    | "ends-soon"
    /** Caddy should have replaced it, and has not. */
    | "renewal-overdue"
    | "expired"
    /** For other names than the site's. */
    | "mismatch"
    /** The proxy has none, and refuses connections. */
    | "missing"
    | "unreachable";
  /** When it ends: ISO 8601. */
  readonly until?: string;
  /** What is wrong and what to do, in sentences. */
  readonly warning?: string;
}

export interface JudgeOptions {
  readonly stack: string;
  readonly kind: Certificates["kind"];
  readonly now: Date;
}

/** Caddy renews a certificate when this share of its lifetime is left, whatever its authority suggests. */
const renewalShare = 1 / 3;

/** With less than this share left renewal has failed for a while: three days of ninety, and 24 minutes of twelve hours. */
const overdueShare = 0.3;

const day = 86_400_000;

/** Days before its end from which a given certificate is warned of. */
const givenDays = 14;

/** What a site's certificate is worth now. */
export function judgeCertificate(
  { site, hostname }: Pick<AskedSite, "site" | "hostname">,
  seen: Seen,
  { stack, kind, now }: JudgeOptions,
): CertificateStatus {
  const where = { site, hostname };
  const log = `./backline logs ${stack} proxy says more.`;
  if (seen.kind === "unreachable") return { ...where, state: "unreachable" };
  if (seen.kind === "refused")
    return {
      ...where,
      state: "missing",
      warning: `${hostname} has no certificate, so the proxy refuses connections to it; ${log}`,
    };
  const { from, until, fits, names } = seen;
  const found = { ...where, until: until.toISOString() };
  if (!fits)
    return {
      ...found,
      state: "mismatch",
      warning: `${hostname} is served with a certificate that is not for it, but for ${names.join(", ")}; clients refuse it. ${log}`,
    };
  const left = until.getTime() - now.getTime();
  const lifetime = until.getTime() - from.getTime();
  const given = kind === "files";
  const mend = "give a new one (proxy.certificate and proxy.certificateKey)";
  if (left <= 0)
    return {
      ...found,
      state: "expired",
      warning: given
        ? `the certificate of ${hostname} ended at ${time(until)}, and clients refuse it; ${mend}.`
        : `the certificate of ${hostname} ended at ${time(until)} without having been renewed, and clients refuse it; ${log}`,
    };
  if (given && left < givenDays * day)
    return {
      ...found,
      state: "ends-soon",
      warning: `the certificate of ${hostname} ends at ${time(until)}, and nobody renews it; ${mend}.`,
    };
  if (!given && left < overdueShare * lifetime)
    return {
      ...found,
      state: "renewal-overdue",
      warning: `the certificate of ${hostname} should have been renewed at ${time(new Date(until.getTime() - renewalShare * lifetime))} and was not; the old one serves until ${time(until)}. ${log}`,
    };
  return { ...found, state: "valid" };
}

/** Whether a site has no certificate that clients take. */
export const isLost = ({ state }: CertificateStatus): boolean => state === "expired" || state === "missing";

/** `2030-01-31 12:00 UTC`. */
export const time = (date: Date): string => `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;

/** What stands beside a site's URL. */
export function certificateCell({ state, until }: CertificateStatus): string {
  if (state === "unreachable") return "not reachable from here";
  if (state === "missing") return "none";
  const end = until === undefined ? "" : time(new Date(until));
  if (state === "mismatch") return "of another name";
  return `${state === "expired" ? "ended" : "until"} ${end}`;
}
