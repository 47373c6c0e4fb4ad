import type { Distribution } from "../distribution";
import { expectations, type HostStep, rootFile, running } from "../step";

const path = "/etc/apt/apt.conf.d/52backline-upgrades";

/** Security upgrades every day, without a reboot: when to reboot is the operator's decision. */
export function securityUpgrades({ securityOrigins }: Distribution): HostStep {
  const list = `Unattended-Upgrade::${securityOrigins.key}`;
  return {
    name: "security-upgrades",
    sets: "Installs security upgrades every day, and never reboots by itself.",
    files: [
      rootFile(
        path,
        'APT::Periodic::Update-Package-Lists "1";',
        'APT::Periodic::Unattended-Upgrade "1";',
        'APT::Periodic::AutocleanInterval "7";',
        "#clear Unattended-Upgrade::Origins-Pattern;",
        "#clear Unattended-Upgrade::Allowed-Origins;",
        `${list} {`,
        ...securityOrigins.values.map((value) => `  "${value}";`),
        "};",
        'Unattended-Upgrade::Automatic-Reboot "false";',
        'Unattended-Upgrade::Remove-Unused-Kernel-Packages "true";',
        'Unattended-Upgrade::Remove-New-Unused-Dependencies "true";',
      ),
    ],
    apply: "systemctl enable --quiet --now apt-daily.timer apt-daily-upgrade.timer",
    check: expectations(...running("apt-daily.timer"), ...running("apt-daily-upgrade.timer")),
    undo: `rm -f ${path}`,
    kernelWide: false,
  };
}
