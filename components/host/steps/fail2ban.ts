import type { HostArgs } from "../args";
import { expectations, type HostStep, rootFile, running } from "../step";

const path = "/etc/fail2ban/jail.d/backline.local";
const filter = "/etc/fail2ban/filter.d/sshd.local";

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
      // From OpenSSH 9.8 on other programs than sshd say who failed; fail2ban before 1.1 does not know them.
      rootFile(
        filter,
        "[DEFAULT]",
        "_daemon = sshd(?:-session|-auth)?",
        "",
        "[Definition]",
        "journalmatch = _SYSTEMD_UNIT=ssh.service + _SYSTEMD_UNIT=sshd.service",
      ),
    ],
    apply: [
      "fail2ban-client --test > /dev/null",
      "systemctl enable --quiet fail2ban.service",
      "# Not a start and then a restart: one that is still starting takes 90 s to stop.",
      'if [ "$changed" = 1 ]; then systemctl restart fail2ban.service; else systemctl start fail2ban.service; fi',
      "# The operator has tried keys before the user was there. Until fail2ban's next start that is no attack.",
      `if [ -n "$\{BACKLINE_OPERATOR-}" ]; then`,
      "  for try in 1 2 3 4 5 6 7 8 9 10; do fail2ban-client ping > /dev/null 2>&1 && break; sleep 0.5; done",
      '  fail2ban-client set sshd addignoreip "$BACKLINE_OPERATOR" > /dev/null',
      "  # What it has read of the journal by now may still shut out.",
      '  for try in 1 2 3; do fail2ban-client set sshd unbanip "$BACKLINE_OPERATOR" > /dev/null; sleep 0.3; done',
      "fi",
    ].join("\n"),
    check: expectations(...running("fail2ban.service"), [
      "fail2ban-client status sshd > /dev/null 2>&1",
      "fail2ban does not watch the SSH server",
    ]),
    undo: [`rm -f ${path} ${filter}`, "systemctl restart fail2ban.service"].join("\n"),
    kernelWide: false,
  };
}
