import type { HostArgs } from "./args";
import { type Distribution, type DistributionName, distributions } from "./distribution";
import { guardOf } from "./guard";
import type { HostGroup, HostStep } from "./step";
import { accounts } from "./steps/accounts";
import { adminKeys, adminUser } from "./steps/admin-user";
import { audit } from "./steps/audit";
import { banner } from "./steps/banner";
import { docker } from "./steps/docker-daemon";
import { fail2ban } from "./steps/fail2ban";
import { firewall } from "./steps/firewall";
import { imageCleanup } from "./steps/image-cleanup";
import { journal } from "./steps/journal";
import { kernel, network } from "./steps/kernel";
import { modules } from "./steps/modules";
import { packageCheck } from "./steps/package-check";
import { packages } from "./steps/packages";
import { permissions } from "./steps/permissions";
import { publishedPorts } from "./steps/published-ports";
import { securityUpgrades } from "./steps/security-upgrades";
import { sshServer } from "./steps/ssh-server";
import { swap } from "./steps/swap";
import { timeSync, timeZone } from "./steps/time";

/** Everything that a host is given, in order, if it runs the distribution. */
export interface HostPlan {
  readonly distribution: Distribution;
  readonly container: boolean;
  readonly groups: readonly HostGroup[];
}

/** In their order; the last one changes who may connect. */
export const groups = [
  { name: "system", guarded: false },
  { name: "docker", guarded: false },
  { name: "access", guarded: true },
] as const satisfies readonly Pick<HostGroup, "name" | "guarded">[];

/** Arguments -> plan: pure. Nothing of it has run on any host. */
export function planHost(args: HostArgs, name: DistributionName): HostPlan {
  const distribution = distributions[name];
  const access = [
    adminUser(args.admin),
    adminKeys(args.admin),
    sshServer(args, distribution),
    fail2ban(args.ssh),
    firewall(args.ssh),
  ];
  const steps: Record<HostGroup["name"], readonly HostStep[]> = {
    system: [
      packages(distribution, args.container),
      securityUpgrades(distribution),
      timeZone(args.timeZone),
      timeSync,
      swap(args.swap),
      journal,
      kernel,
      modules,
      network,
      audit,
      accounts,
      permissions,
      banner,
      packageCheck,
    ],
    docker: [publishedPorts(args.web), docker(args.docker), imageCleanup],
    access,
  };
  const guard = guardOf(access, distribution);
  return {
    distribution,
    container: args.container,
    groups: groups.map(({ name, guarded }) => ({
      name,
      guarded,
      guard: guarded ? guard : undefined,
      steps: steps[name],
    })),
  };
}
