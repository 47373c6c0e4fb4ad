import type { Settings } from "../../../stacks/settings/settings";
import { type DockerTarget, docker, listContainers } from "../docker";
import { type CertificateStatus, judgeCertificate } from "./judge";
import { lastCertificateError } from "./proxy-errors";
import { type AskedSite, seeCertificate } from "./see";

export { type CertificateStatus, certificateCell, isLost } from "./judge";

/** The sites of a stack's URLs. */
export const sitesOf = (urls: Readonly<Record<string, string>>): AskedSite[] =>
  Object.entries(urls).map(([site, text]) => {
    const { hostname, port } = new URL(text);
    return { site, hostname, port: port === "" ? 443 : Number(port) };
  });

export interface LookOptions {
  readonly target: DockerTarget;
  /** Of the proxy, as this machine reaches it. */
  readonly address: string;
  readonly kind: Settings["proxy"]["certificates"]["kind"];
}

/** The certificate that each site is served with, and what is wrong with it. */
export async function lookAtCertificates(
  sites: readonly AskedSite[],
  { target, address, kind }: LookOptions,
): Promise<CertificateStatus[]> {
  const { stack } = target;
  const found = await Promise.all(
    sites.map(async (site) =>
      judgeCertificate(site, await seeCertificate(site, address), { stack, kind, now: new Date() }),
    ),
  );
  if (kind !== "acme" || !found.some(isObtained)) return found;
  const log = await proxyLog(target);
  return found.map((status) => {
    const error = isObtained(status) ? lastCertificateError(log, status.hostname) : undefined;
    return error === undefined
      ? status
      : { ...status, warning: `${status.warning} Last error there: ${error}` };
  });
}

/** Whether it is the proxy's own work that has failed. */
const isObtained = ({ state }: CertificateStatus): boolean =>
  state === "renewal-overdue" || state === "expired" || state === "missing";

/** What the proxy has logged in the last day: it tries again every six hours at least. */
async function proxyLog(target: DockerTarget): Promise<string> {
  const proxies = (await listContainers(target)).filter(({ service }) => service === "proxy");
  const logs = proxies.map(({ id }) => docker(target, ["logs", "--since", "24h", id]));
  return (await Promise.all(logs)).join("\n");
}
