import type { HostArgs } from "../components/host";
import type { Host } from "../components/shared/host";
import type { SshAccess } from "../components/shared/ssh";
import type { Settings } from "./settings";

/** Settings -> what the stack's host is to become. */
export function hostArgs({ host, proxy }: Settings): HostArgs {
  return {
    container: host.container,
    admin: { name: host.user, publicKeys: host.publicKeys },
    ssh: { port: host.port, allow: host.sshAllow },
    timeZone: host.timeZone,
    swap: host.swap,
    web: { ports: [proxy.httpPort, proxy.httpsPort], from: host.webFrom },
    docker: { logSize: 10, logFiles: 3 },
  };
}

/** How the stack's host is reached; undefined: it is the machine that runs Pulumi. */
export function sshAccess({ host }: Pick<Settings, "host">): SshAccess | undefined {
  const { address, user, port, hostKey, identityFile, firstUser, firstPort } = host;
  return address === undefined
    ? undefined
    : { address, user, port, hostKey, identityFile, first: { user: firstUser, port: firstPort } };
}

/** The machine that runs the stack's containers. */
export const hostOf = (settings: Pick<Settings, "host" | "stack">): Host => ({
  ssh: sshAccess(settings),
  directory: settings.host.directory,
  stack: settings.stack,
});
