import { expectations, type HostStep, rootFile } from "../step";

type Values = readonly (readonly [key: string, value: string])[];

function settings(name: string, sets: string, file: string, values: Values, kernelWide: boolean): HostStep {
  const path = `/etc/sysctl.d/${file}`;
  return {
    name,
    sets,
    files: [rootFile(path, ...values.map(([key, value]) => `${key} = ${value}`))],
    // A key that this kernel lacks is no reason to leave out the others; the check reports it.
    apply: `sysctl --quiet --ignore --load=${path}`,
    check: expectations(
      ...values.map(([key, value]): [string, string] => [
        `[ "$(sysctl -n ${key} 2> /dev/null)" = ${value} ]`,
        `${key} is not ${value}`,
      ]),
    ),
    undo: `Remove ${path} and reboot: the kernel's own defaults apply again.`,
    kernelWide,
  };
}

/** Values that the whole kernel shares. Redis needs `vm.overcommit_memory` for its snapshots. */
export const kernel = settings(
  "kernel",
  "Hides kernel addresses and logs from users, restricts debugging and unprivileged BPF, and prepares memory for the stores.",
  "90-backline-kernel.conf",
  [
    ["dev.tty.ldisc_autoload", "0"],
    ["fs.protected_fifos", "2"],
    ["fs.protected_hardlinks", "1"],
    ["fs.protected_regular", "2"],
    ["fs.protected_symlinks", "1"],
    ["fs.suid_dumpable", "0"],
    ["kernel.core_uses_pid", "1"],
    ["kernel.ctrl-alt-del", "0"],
    ["kernel.dmesg_restrict", "1"],
    ["kernel.kptr_restrict", "2"],
    ["kernel.perf_event_paranoid", "3"],
    ["kernel.randomize_va_space", "2"],
    ["kernel.sysrq", "0"],
    ["kernel.unprivileged_bpf_disabled", "1"],
    ["kernel.yama.ptrace_scope", "1"],
    ["net.core.bpf_jit_harden", "2"],
    ["vm.overcommit_memory", "1"],
    ["vm.swappiness", "10"],
  ],
  true,
);

/** Values of the network namespace. Forwarding is Docker's to set. */
export const network = settings(
  "network",
  "Refuses redirects and source routes, logs impossible addresses, and lengthens the queue of new connections.",
  "90-backline-network.conf",
  [
    ["net.core.somaxconn", "4096"],
    ["net.ipv4.conf.all.accept_redirects", "0"],
    ["net.ipv4.conf.all.accept_source_route", "0"],
    ["net.ipv4.conf.all.log_martians", "1"],
    ["net.ipv4.conf.all.rp_filter", "1"],
    ["net.ipv4.conf.all.send_redirects", "0"],
    ["net.ipv4.conf.default.accept_redirects", "0"],
    ["net.ipv4.conf.default.accept_source_route", "0"],
    ["net.ipv4.conf.default.log_martians", "1"],
    ["net.ipv4.conf.default.send_redirects", "0"],
    ["net.ipv4.icmp_echo_ignore_broadcasts", "1"],
    ["net.ipv4.tcp_syncookies", "1"],
    ["net.ipv6.conf.all.accept_redirects", "0"],
    ["net.ipv6.conf.all.accept_source_route", "0"],
    ["net.ipv6.conf.default.accept_redirects", "0"],
  ],
  false,
);
