import type { Distribution } from "../distribution";
import { expectations, type HostStep, rootFile, running } from "../step";

const path = "/etc/apt/apt.conf.d/52backline-upgrades";

/** Security upgrades, without a reboot: when to reboot is the operator's decision. */
export function securityUpgrades({ securityOrigins }: Distribution): HostStep {
  const list = `Unattended-Upgrade::${securityOrigins.key}`;
  return {
    name: "security-upgrades",
    sets: "Installs security upgrades at once and then every day, and never reboots by itself.",
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
    apply: [
      "systemctl enable --quiet --now apt-daily.timer apt-daily-upgrade.timer",
      "# A fresh host is behind from its first day. What cannot be had now, the daily run tries again.",
      'if [ "$changed" = 1 ]; then',
      "  unattended-upgrade > /dev/null 2>&1 || echo 'not all security upgrades are installed yet' >&2",
      "fi",
    ].join("\n"),
    check: expectations(...running("apt-daily.timer"), ...running("apt-daily-upgrade.timer")),
    undo: `rm -f ${path}`,
    kernelWide: false,
  };
}
