import { expectations, type HostStep, rootFile, running } from "../step";

const path = "/etc/audit/rules.d/50-backline.rules";

/** Paths whose changes are worth a record, by the key under which `ausearch -k` finds them. */
const watched: readonly (readonly [path: string, key: string])[] = [
  ["/etc/passwd", "identity"],
  ["/etc/group", "identity"],
  ["/etc/shadow", "identity"],
  ["/etc/gshadow", "identity"],
  ["/etc/sudoers", "sudo"],
  ["/etc/sudoers.d/", "sudo"],
  ["/etc/ssh/", "ssh"],
  ["/etc/ufw/", "firewall"],
  ["/etc/backline/", "firewall"],
  ["/etc/docker/", "docker"],
  ["/etc/systemd/system/", "units"],
  ["/etc/audit/", "audit"],
];

export const audit: HostStep = {
  name: "audit",
  sets: "Records changes of users, sudo, SSH, firewall, Docker and units, of the clock, and the loading of kernel modules.",
  files: [
    {
      ...rootFile(
        path,
        ...watched.map(([watch, key]) => `-w ${watch} -p wa -k ${key}`),
        "-a always,exit -F arch=b64 -S adjtimex,settimeofday,clock_settime -k clock",
        "-a always,exit -F arch=b64 -S init_module,finit_module,delete_module -k modules",
      ),
      mode: "0640",
    },
  ],
  apply: [
    "systemctl enable --quiet --now auditd.service",
    '[ "$changed" = 0 ] || augenrules --load > /dev/null',
  ].join("\n"),
  check: expectations(...running("auditd.service"), [
    "auditctl -l | grep -q -- '-k identity'",
    "the audit rules are not loaded",
  ]),
  undo: [`rm -f ${path}`, "augenrules --load"].join("\n"),
  kernelWide: true,
};
