import { checkoutLabel, resourceName, sandboxLabel } from "./names";

/**
 * Every capability but these: SYS_TIME and SYS_MODULE, because clock and modules are the machine's; SYS_RESOURCE, which
 * machines that are containers themselves often lack, and then cannot give; BPF, PERFMON and CHECKPOINT_RESTORE, which
 * Docker 20.10 does not know. For the same reason there is no `--privileged`.
 */
const capabilities = [
  "AUDIT_CONTROL",
  "AUDIT_READ",
  "AUDIT_WRITE",
  "BLOCK_SUSPEND",
  "CHOWN",
  "DAC_OVERRIDE",
  "DAC_READ_SEARCH",
  "FOWNER",
  "FSETID",
  "IPC_LOCK",
  "IPC_OWNER",
  "KILL",
  "LEASE",
  "LINUX_IMMUTABLE",
  "MAC_ADMIN",
  "MAC_OVERRIDE",
  "MKNOD",
  "NET_ADMIN",
  "NET_BIND_SERVICE",
  "NET_BROADCAST",
  "NET_RAW",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYSLOG",
  "SYS_ADMIN",
  "SYS_BOOT",
  "SYS_CHROOT",
  "SYS_NICE",
  "SYS_PACCT",
  "SYS_PTRACE",
  "SYS_RAWIO",
  "SYS_TTY_CONFIG",
  "WAKE_ALARM",
] as const;

export interface SandboxPlan {
  readonly name: string;
  /** Reference of the image. */
  readonly image: string;
  /** The checkout that keeps the sandbox's key. */
  readonly checkout: string;
  /** Arguments for the control groups, of `controlGroupMounts`. */
  readonly controlGroups: readonly string[];
  /** A file for /etc/resolv.conf. Undefined: Docker's own. */
  readonly resolvConf?: string | undefined;
}

/** `docker network create ...` */
export const networkCommand = (name: string): string[] => [
  ...["docker", "network", "create", "--label", `${sandboxLabel}=${name}`],
  resourceName(name),
];

/** `docker volume create ...` */
export const volumeCommand = (name: string): string[] => [
  ...["docker", "volume", "create", "--label", `${sandboxLabel}=${name}`],
  resourceName(name),
];

/** `docker create ...`: a container that systemd takes for a machine. */
export function containerCommand({
  name,
  image,
  checkout,
  controlGroups,
  resolvConf,
}: SandboxPlan): string[] {
  return [
    ...["docker", "create", "--name", resourceName(name), "--hostname", name],
    ...["--label", `${sandboxLabel}=${name}`, "--label", `${checkoutLabel}=${checkout}`],
    ...["--network", resourceName(name)],
    // A reboot inside ends the container; like a machine it comes back.
    ...["--restart", "unless-stopped"],
    ...["--cgroupns", "host", ...controlGroups],
    ...["--tmpfs", "/run", "--tmpfs", "/tmp:exec"],
    // Docker's own files cannot lie on the overlay of another Docker.
    ...["--volume", `${resourceName(name)}:/var/lib/docker`],
    ...(resolvConf === undefined ? [] : ["--volume", `${resolvConf}:/etc/resolv.conf`]),
    ...["seccomp", "apparmor", "systempaths"].flatMap((part) => ["--security-opt", `${part}=unconfined`]),
    ...["--cap-drop", "ALL", ...capabilities.flatMap((capability) => ["--cap-add", capability])],
    image,
  ];
}

const controlGroupRoot = "/sys/fs/cgroup";

/**
 * Gives a container the machine's control groups to write to, from the text of /proc/mounts. With version 1 the folder
 * that holds the hierarchies is a file system of the container's own: systemd adds folders to it and makes it read-only,
 * which would otherwise happen to the machine's.
 */
export function controlGroupMounts(mounts: string): string[] {
  const folders = mounts
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([, , type]) => type === "cgroup" || type === "cgroup2")
    .map(([, folder = ""]) => folder)
    .filter((folder) => folder === controlGroupRoot || folder.startsWith(`${controlGroupRoot}/`));
  const volumes = [...new Set(folders)].sort().flatMap((folder) => ["--volume", `${folder}:${folder}:rw`]);
  return folders.includes(controlGroupRoot) ? volumes : ["--tmpfs", controlGroupRoot, ...volumes];
}

/**
 * The name servers that a sandbox can ask directly, as the text of a resolv.conf; undefined if there is none but on the
 * machine's loopback address. Docker's own resolver would do for the sandbox, but it lives in rules that a firewall's
 * set-up may flush, and containers inside the sandbox do not reach it.
 */
export function directResolvConf(text: string): string | undefined {
  const lines = text.split("\n").map((line) => line.trim());
  const servers = lines.filter((line) => /^nameserver\s/.test(line) && !/\s(127\.|::1$|fe80:)/.test(line));
  if (servers.length === 0) return undefined;
  const others = lines.filter((line) => /^(search|options)\s/.test(line));
  return `${[...servers, ...others].join("\n")}\n`;
}
