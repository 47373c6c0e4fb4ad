import { ask } from "../docker/run";

/** Debian's archives as this machine is set up to reach them, for use inside containers. */
export interface Mirrors {
  readonly main?: string;
  readonly security?: string;
  /** HTTP proxy of the host's apt. */
  readonly proxy?: string;
}

/**
 * What the host's apt is configured with. Only http counts: containers have no certificate of a gateway that inspects
 * TLS, and packages are signed anyway. Parts that are not set are left to debootstrap's defaults.
 */
export async function hostMirrors(): Promise<Mirrors> {
  const [targets, proxy] = await Promise.all([
    ask(["apt-get", "indextargets", "--format", "$(SITE)|$(LABEL)"], 30),
    ask(["apt-config", "shell", "proxy", "Acquire::http::Proxy"]),
  ]);
  return parseMirrors(targets.stdout, proxy.stdout);
}

/** From lines `site|label`, and `proxy='address'`. */
export function parseMirrors(targets: string, proxySetting: string): Mirrors {
  const site = (label: string): string | undefined =>
    targets
      .split("\n")
      .map((line) => line.split("|"))
      .find(([address, of]) => of === label && address?.startsWith("http://"))?.[0];
  const main = site("Debian");
  const security = site("Debian-Security");
  const proxy = /^proxy='(http:.+)'$/.exec(proxySetting)?.[1];
  return {
    ...(main === undefined ? {} : { main }),
    ...(security === undefined ? {} : { security }),
    ...(proxy === undefined ? {} : { proxy }),
  };
}
