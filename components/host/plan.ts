import type { HostArgs } from "./args";
import { type Distribution, distributions } from "./distribution";
import type { HostGroup } from "./step";
import { adminKeys, adminUser } from "./steps/admin-user";
import { audit } from "./steps/audit";
import { docker } from "./steps/docker-daemon";
import { fail2ban } from "./steps/fail2ban";
import { firewall } from "./steps/firewall";
import { imageCleanup } from "./steps/image-cleanup";
import { journal } from "./steps/journal";
import { kernel, network } from "./steps/kernel";
import { packages } from "./steps/packages";
import { publishedPorts } from "./steps/published-ports";
import { securityUpgrades } from "./steps/security-upgrades";
import { sshServer } from "./steps/ssh-server";
import { swap } from "./steps/swap";
import { timeSync, timeZone } from "./steps/time";

/** Everything that a host is given, in order. */
export interface HostPlan {
  readonly distribution: Distribution;
  readonly container: boolean;
  readonly groups: readonly HostGroup[];
}

/** Arguments -> plan: pure. Nothing of it has run on any host. */
export function planHost(args: HostArgs): HostPlan {
  const distribution = distributions[args.distribution];
  return {
    distribution,
    container: args.container,
    groups: [
      {
        name: "system",
        guarded: false,
        steps: [
          packages(distribution),
          securityUpgrades(distribution),
          timeZone(args.timeZone),
          timeSync,
          swap(args.swap),
          journal,
          kernel,
          network,
          audit,
        ],
      },
      {
        name: "docker",
        guarded: false,
        steps: [publishedPorts(args.web), docker(args.docker), imageCleanup],
      },
      {
        name: "access",
        guarded: true,
        steps: [
          adminUser(args.admin),
          adminKeys(args.admin),
          sshServer(args, distribution),
          fail2ban(args.ssh),
          firewall(args.ssh),
        ],
      },
    ],
  };
}
