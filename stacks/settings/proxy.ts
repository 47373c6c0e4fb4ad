import type { Certificates, ProxySettings } from "../../components/proxy/args";
import { Secret } from "../../components/shared/secret";
import type { StackConfig } from "./schema";

type ProxyConfig = StackConfig["proxy"];

const day = 86_400;

/** Half a pair, which `checkCertificateKeys` refuses, is an empty one. */
function certificatesOf(config: ProxyConfig): Certificates {
  const kind = config?.certificates ?? "acme";
  if (kind === "internal" || kind === "cloudflare") return { kind };
  if (kind === "files")
    return { kind, certificate: config?.certificate ?? "", key: new Secret(config?.certificateKey ?? "") };
  const { directory, rootCertificate } = config?.acme ?? {};
  return { kind, email: config?.email, directory, rootCertificate };
}

/** A name that browsers are told to use HTTPS for needs a certificate that they know: not that of a private CA. */
function hstsOf(config: ProxyConfig): ProxySettings["hsts"] {
  const { maxAge, includeSubDomains = false, preload = false } = config?.hsts ?? {};
  if (maxAge === undefined && config?.certificates === "internal") return undefined;
  return { maxAge: maxAge ?? 365 * day, includeSubDomains, preload };
}

function maintenanceOf(config: ProxyConfig): ProxySettings["maintenance"] {
  const { maintenance = false, maintenanceAllow = [] } = config ?? {};
  if (maintenance === false) return undefined;
  const text = maintenance === true ? "We are at work and will be back soon." : maintenance;
  return { text, allow: maintenanceAllow };
}

/** Seconds. The proxy drops no WebSocket of its own accord: a server that is replaced closes its own. */
const tenYears = 3_650 * 24 * 3_600;

/** The proxy's settings, completed. */
export function proxyOf(config: ProxyConfig, originPulls = false): ProxySettings {
  const { timeouts } = config ?? {};
  return {
    httpPort: config?.httpPort ?? 80,
    httpsPort: config?.httpsPort ?? 443,
    certificates: certificatesOf(config),
    originPulls,
    hsts: hstsOf(config),
    redirects: (config?.redirects ?? []).map(({ from, to, permanent = true }) => ({ from, to, permanent })),
    trustedProxies: config?.trustedProxies ?? [],
    clientIpHeaders: config?.clientIpHeaders ?? ["X-Forwarded-For"],
    maintenance: maintenanceOf(config),
    timeouts: {
      readHeader: timeouts?.readHeader ?? 10,
      readBodyIdle: timeouts?.readBodyIdle ?? 60,
      writeIdle: timeouts?.writeIdle ?? 60,
      idle: timeouts?.idle ?? 300,
      responseHeader: timeouts?.responseHeader ?? 60,
    },
    maxHeaderSize: config?.maxHeaderSize ?? 16 * 1024,
    streamCloseDelay: config?.streamCloseDelay ?? tenYears,
  };
}
