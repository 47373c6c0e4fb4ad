import { describe, expect, it } from "vitest";
import { isSandboxName } from "../../../../toolchain/sandbox/names";
import {
  containerCommand,
  controlGroupMounts,
  directResolvConf,
  networkCommand,
  volumeCommand,
} from "../../../../toolchain/sandbox/plan";

const plan = {
  name: "demo",
  image: "backline-sandbox:1",
  checkout: "/home/me/backline",
  controlGroups: ["--tmpfs", "/sys/fs/cgroup"],
};

const everyCapability =
  "AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_TTY_CONFIG WAKE_ALARM";

describe("the plan of a sandbox", () => {
  it("makes a network and a volume that carry the sandbox's label", () => {
    expect(networkCommand("demo").join(" ")).toBe(
      "docker network create --label backline.sandbox=demo backline-sandbox-demo",
    );
    expect(volumeCommand("demo").join(" ")).toBe(
      "docker volume create --label backline.sandbox=demo backline-sandbox-demo",
    );
  });

  it("makes a container that systemd takes for a machine, without a published port and without privileged", () => {
    expect(containerCommand(plan).join(" ")).toBe(
      [
        "docker create --name backline-sandbox-demo --hostname demo",
        "--label backline.sandbox=demo --label backline.sandbox-checkout=/home/me/backline",
        "--network backline-sandbox-demo --restart unless-stopped",
        "--cgroupns host --tmpfs /sys/fs/cgroup --tmpfs /run --tmpfs /tmp:exec",
        "--volume backline-sandbox-demo:/var/lib/docker",
        "--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined",
        "--cap-drop ALL",
        ...everyCapability.split(" ").map((capability) => `--cap-add ${capability}`),
        "backline-sandbox:1",
      ].join(" "),
    );
  });

  it("mounts the machine's name servers where there are some", () => {
    const plain = containerCommand(plan);
    const mounted = containerCommand({ ...plan, resolvConf: "/k/resolv.conf" });
    expect(mounted.filter((word) => !plain.includes(word))).toEqual(["/k/resolv.conf:/etc/resolv.conf"]);
    expect(mounted[mounted.indexOf("/k/resolv.conf:/etc/resolv.conf") - 1]).toBe("--volume");
    expect(mounted).toHaveLength(plain.length + 2);
  });

  it("shares control groups of version 1 one by one, in a folder of the container's own", () => {
    const mounts =
      "proc /proc proc rw 0 0\ntmpfs /sys/fs/cgroup tmpfs rw 0 0\ncgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\ncgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw 0 0\ncgroup /mnt/cpu cgroup rw 0 0\n";
    expect(controlGroupMounts(mounts)).toEqual([
      ...["--tmpfs", "/sys/fs/cgroup"],
      ...["--volume", "/sys/fs/cgroup/cpu,cpuacct:/sys/fs/cgroup/cpu,cpuacct:rw"],
      ...["--volume", "/sys/fs/cgroup/memory:/sys/fs/cgroup/memory:rw"],
      ...["--volume", "/sys/fs/cgroup/unified:/sys/fs/cgroup/unified:rw"],
    ]);
  });

  it("shares control groups of version 2 as they are", () => {
    expect(controlGroupMounts("cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n")).toEqual([
      "--volume",
      "/sys/fs/cgroup:/sys/fs/cgroup:rw",
    ]);
  });

  it("keeps of a resolv.conf what a container can reach", () => {
    const text =
      "# made by hand\nnameserver 127.0.0.53\nnameserver 192.0.2.53\nnameserver ::1\nnameserver 2001:db8::53\nsearch example.com\noptions edns0\n";
    expect(directResolvConf(text)).toBe(
      "nameserver 192.0.2.53\nnameserver 2001:db8::53\nsearch example.com\noptions edns0\n",
    );
  });

  it.each(["", "nameserver 127.0.0.53\noptions edns0\n", "#nameserver 192.0.2.53\n"])(
    "leaves name servers to Docker if none can be reached: %j",
    (text) => {
      expect(directResolvConf(text)).toBeUndefined();
    },
  );

  it.each(["sandbox", "a", "test-2", "a".repeat(30)])("can be called %j", (name) => {
    expect(isSandboxName(name)).toBe(true);
  });

  it.each(["", "2nd", "-a", "a-", "A", "a_b", "a.b", "../a", "a b", "a".repeat(31), "a\n"])(
    "cannot be called %j",
    (name) => {
      expect(isSandboxName(name)).toBe(false);
    },
  );
});
