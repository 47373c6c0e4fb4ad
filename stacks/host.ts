import type { HostArgs } from "../components/host";
import type { Finding } from "./settings/checks";
import type { Settings } from "./settings/settings";

/** Settings -> what the stack's host is to become. */
export function hostArgs({ host, proxy }: Settings): HostArgs {
  return {
    distribution: host.distribution,
    container: host.container,
    admin: { name: host.user, publicKeys: host.publicKeys },
    ssh: { port: host.port, allow: host.sshAllow },
    timeZone: host.timeZone,
    swap: host.swap,
    web: { ports: [proxy.httpPort, proxy.httpsPort], from: host.webFrom },
    docker: { logSize: 10, logFiles: 3 },
  };
}

/** What keeps a host from being prepared (`errors`), or would (`warnings`) once the plan is applied. */
export function checkHostPlan({ stack, host }: Settings): {
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
} {
  const finding = (path: string, message: string): Finding => ({ code: "host-plan", path, message });
  return {
    errors: [
      ...(host.address === undefined
        ? [
            finding(
              "host.address",
              `is not set, and this machine's Docker is not prepared; set the address of the host of ${stack}`,
            ),
          ]
        : []),
      ...(host.user === "root"
        ? [
            finding(
              "host.user",
              '"root" may not sign in on a hardened host; write another name such as "ops"',
            ),
          ]
        : []),
    ],
    warnings:
      host.publicKeys.length === 0
        ? [
            finding(
              "host.publicKeys",
              "there is none yet, and without one the step ssh-server refuses to run; add the line of your .pub file",
            ),
          ]
        : [],
  };
}
