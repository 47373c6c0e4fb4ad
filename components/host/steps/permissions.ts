import { expectations, type HostStep } from "../step";

/** Modes that a fresh system leaves wider than they need be. What is not there is left so. */
const modes: readonly (readonly [path: string, mode: string])[] = [
  ["/etc/ssh/sshd_config", "600"],
  ["/etc/crontab", "600"],
  ...["d", "hourly", "daily", "weekly", "monthly"].map((name): [string, string] => [
    `/etc/cron.${name}`,
    "700",
  ]),
];

export const permissions: HostStep = {
  name: "permissions",
  sets: "Lets root alone read the jobs of cron and the SSH server's configuration.",
  files: [],
  apply: modes.map(([path, mode]) => `[ ! -e ${path} ] || chmod ${mode} ${path}`).join("\n"),
  check: expectations(
    ...modes.map(([path, mode]): [string, string] => [
      `[ ! -e ${path} ] || [ "$(stat -c %a ${path})" = ${mode} ]`,
      `${path} has another mode than ${mode}`,
    ]),
  ),
  undo: "chmod 644 /etc/ssh/sshd_config; chmod 755 /etc/cron.*",
  kernelWide: false,
};
