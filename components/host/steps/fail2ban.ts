import type { HostArgs } from "../args";
import { expectations, type HostStep, rootFile, running } from "../step";

const path = "/etc/fail2ban/jail.d/backline.local";

export function fail2ban({ port, allow }: HostArgs["ssh"]): HostStep {
  return {
    name: "fail2ban",
    sets: "Shuts out for an hour, then longer, who fails to sign in five times in ten minutes; never an address of the allow-list.",
    files: [
      rootFile(
        path,
        "[DEFAULT]",
        "backend = systemd",
        `ignoreip = ${["127.0.0.1/8", "::1", ...allow].join(" ")}`,
        "",
        "[sshd]",
        "enabled = true",
        "mode = aggressive",
        `port = ${port}`,
        "maxretry = 5",
        "findtime = 10m",
        "bantime = 1h",
        "bantime.increment = true",
        "bantime.maxtime = 1w",
      ),
    ],
    apply: [
      "fail2ban-client --test > /dev/null",
      "systemctl enable --quiet --now fail2ban.service",
      '[ "$changed" = 0 ] || systemctl restart fail2ban.service',
    ].join("\n"),
    check: expectations(...running("fail2ban.service"), [
      "fail2ban-client status sshd > /dev/null 2>&1",
      "fail2ban does not watch the SSH server",
    ]),
    undo: [`rm -f ${path}`, "systemctl restart fail2ban.service"].join("\n"),
    kernelWide: false,
  };
}
