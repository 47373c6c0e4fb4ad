import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const image = `backline-golden-host:${process.pid}`;
const names = ["host-debian-12", "host-ubuntu-24.04"] as const;
const container = (name: string) => `backline-golden-${name}-${process.pid}`;

/** The programs that read the files, on Debian: Ubuntu's are not to be had, and read the same syntax. */
const dockerfile = `\
FROM debian:bookworm-slim
LABEL backline.test=golden
RUN apt-get update -qq \\
  && echo "deb $(apt-get indextargets --format '$(SITE) $(RELEASE)' 'Created-By: Packages' | awk '$2 == "bookworm" { print $1; exit }') bookworm-backports main" \\
  > /etc/apt/sources.list.d/backports.list && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \\
  debsums fail2ban iptables openssh-server/bookworm-backports openssh-client/bookworm-backports openssh-sftp-server/bookworm-backports python3-systemd sudo systemd ufw > /dev/null
RUN groupadd docker && printf '#!/bin/sh\\n' > /usr/local/bin/systemctl && chmod +x /usr/local/bin/systemctl \\
  && cp /usr/local/bin/systemctl /usr/bin/systemctl \\
  && printf '[Service]\\nExecStart=/bin/true\\n' > /etc/systemd/system/docker.service
`;

/** Runs a command in the container of a case, whose expected files are in /expected. */
async function run(name: string, command: string) {
  const { exitCode, stdout, stderr } = await execa(
    "docker",
    ["exec", container(name), "sh", "-euc", `cd /expected/files; ${command}`],
    { reject: false },
  );
  return { exitCode, stdout, stderr };
}

beforeAll(async () => {
  await execa("docker", ["build", "--quiet", "--tag", image, "-"], { input: dockerfile });
  const start = async (name: string) => {
    // UFW and iptables change the network namespace of this container alone, which reaches nothing.
    const options = ["--network", "none", "--cap-add", "NET_ADMIN", "--label", "backline.test=golden"];
    await execa("docker", ["run", "--detach", "--name", container(name), ...options, image, "sleep", "600"]);
    await execa("docker", [
      "cp",
      join(import.meta.dirname, name, "expected"),
      `${container(name)}:/expected`,
    ]);
  };
  await Promise.all(names.map(start));
});

afterAll(async () => {
  await execa("docker", ["rm", "--force", ...names.map(container)], { reject: false });
  await execa("docker", ["rmi", "--force", image], { reject: false });
});

describe.each(names)("%s", (name) => {
  it.each([
    ["sshd", "mkdir -p /run/sshd; sshd -t -f etc/ssh/sshd_config.d/00-backline.conf"],
    ["visudo", "visudo -cf etc/sudoers.d/backline"],
    ["ssh-keygen, which reads the keys", "ssh-keygen -l -f home/ops/.ssh/authorized_keys"],
    ["iptables-restore", "iptables-restore --test --noflush etc/backline/published-ports.v4"],
    ["ip6tables-restore", "ip6tables-restore --test --noflush etc/backline/published-ports.v6"],
    [
      "fail2ban-client",
      "cp etc/fail2ban/jail.d/backline.local /etc/fail2ban/jail.d/; fail2ban-client --test",
    ],
    ["sh, the clean-up of images", "sh -n usr/local/sbin/backline-image-cleanup"],
    ["sh, the scripts of the groups", "for script in ../*.sh; do sh -n $script; done"],
  ])("is accepted by %s", async (_program, command) => {
    expect(await run(name, command)).toMatchObject({ exitCode: 0 });
  });

  it("has units that systemd-analyze finds nothing wrong with", async () => {
    const command =
      "install -m 0755 usr/local/sbin/* /usr/local/sbin/; cp etc/systemd/system/* /etc/systemd/system/; systemd-analyze verify /etc/systemd/system/backline-*.service /etc/systemd/system/*.timer /etc/systemd/system/*.swap";
    expect(await run(name, command)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });

  it("has upgrades that apt reads as one list of origins", async () => {
    const { stdout } = await run(
      name,
      "apt-config -c etc/apt/apt.conf.d/52backline-upgrades dump | grep -c '^Unattended-Upgrade::.*:: '",
    );
    expect(stdout).toBe("3");
  });

  it("has firewall rules that UFW lists in the very form in which they are written", async () => {
    const command =
      "ufw --force reset > /dev/null; while read -r command rule; do $command $rule > /dev/null; done < etc/backline/ufw-rules; ufw show added | grep '^ufw ' | cmp - etc/backline/ufw-rules";
    expect(await run(name, command)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });
});

describe("the scripts of the group access", () => {
  const name = "host-debian-12";
  /** What a new connection does: without it the next run takes back what it finds. */
  const keep = "sh /var/lib/backline-host/guard/keep by-hand";
  const checked = (admin: readonly string[]) => [
    ...admin,
    "ok: admin-keys",
    "ok: ssh-server",
    "drift: fail2ban",
    "  fail2ban does not watch the SSH server",
    "ok: firewall",
  ];

  it("apply twice, and find nothing to change the second time", async () => {
    const first = await run(name, `sh ../access.apply.sh; ${keep}`);
    expect(first).toMatchObject({ exitCode: 0 });
    const again = await run(
      name,
      `touch /tmp/mark; sh ../access.apply.sh; ${keep}; find /etc/ssh /etc/sudoers.d /etc/backline /home -newer /tmp/mark -type f; find /var/lib/backline-host -name '*.pending'`,
    );
    const done = ["admin-user", "admin-keys", "ssh-server", "fail2ban", "firewall"].map(
      (step) => `${step}: done`,
    );
    const ends = (stdout: string) => stdout.split("\n").filter((line) => !/^[a-z0-9-]+: [A-Z]/.test(line));
    expect(ends(first.stdout)).toEqual(done);
    expect(ends(again.stdout)).toEqual(done);
  });

  it("find what was changed by hand, step by step; fail2ban is no service in this container", async () => {
    const clean = await run(name, "sh ../access.check.sh");
    expect([clean.exitCode, clean.stdout.split("\n")]).toEqual([1, checked(["ok: admin-user"])]);
    const drifted = await run(name, "echo >> /etc/sudoers.d/backline; sh ../access.check.sh");
    expect([drifted.exitCode, drifted.stdout.split("\n")]).toEqual([
      1,
      checked(["drift: admin-user", "  /etc/sudoers.d/backline has another content"]),
    ]);
  });

  it("keep the file that was there where its program refuses the new one", async () => {
    const result = await run(
      name,
      "sed 's/^PermitRootLogin no/PermitRootLogin perhaps/' ../access.apply.sh > /tmp/broken.sh; status=0; sh /tmp/broken.sh || status=$?; grep PermitRootLogin /etc/ssh/sshd_config.d/00-backline.conf; exit $status",
    );
    expect(result).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(/\nadmin-keys: done\nssh-server: .*\nPermitRootLogin no$/),
      stderr: expect.stringContaining("the step ssh-server failed with exit code 1"),
    });
  });

  it("refuse another distribution before anything changes", async () => {
    const { exitCode, stderr } = await run("host-ubuntu-24.04", "sh ../access.apply.sh");
    expect([exitCode, stderr]).toEqual([2, "the host runs debian-12, and this is for ubuntu-24.04"]);
  });
});
