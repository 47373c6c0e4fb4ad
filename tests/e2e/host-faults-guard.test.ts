import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  expectConverges,
  expectReachable,
  expectRefused,
  expectTakenBack,
  whoMayConnect,
} from "../support/host-faults/expect";
import {
  held,
  holdingBefore,
  idle,
  isArmed,
  killClient,
  reboot,
  release,
  takenBack,
} from "../support/host-faults/inject";
import {
  apply,
  begin,
  type Change,
  ended,
  over,
  replacing,
  startProvisioned,
  type Target,
} from "../support/host-faults/target";
import { console, stopSandboxHost } from "../support/sandbox-host";

const name = "e2e-faults-guard";
let target: Target;

beforeAll(async () => {
  target = await startProvisioned(name);
});
afterAll(() => stopSandboxHost(name));

/** Changes that alone would hold, so that there is something to be taken back. */
const more = (): Change => ({
  args: { ssh: { port: 22, allow: [`${target.operator}/32`, "203.0.113.0/24"] } },
});

describe("a change that does not validate", () => {
  it.each([
    [
      "the SSH server's configuration",
      "AuthenticationMethods publickey\n",
      "AuthenticationMethods publickeys\n",
      "ssh-server",
      "/etc/ssh/sshd_config.d/00-backline.conf is refused by its own program; the one before it stays; what this run has changed is taken back",
    ],
    [
      "the sudoers",
      "ops ALL=(ALL:ALL) NOPASSWD: ALL\n",
      "ops ALL=(ALL:ALL) NOPASSWD ALL\n",
      "admin-user",
      "/etc/sudoers.d/backline is refused by its own program; the one before it stays; what this run has changed is taken back",
    ],
    [
      "fail2ban's",
      "bantime = 1h\n",
      "bantime = 1h\nfilter = none[\n",
      "fail2ban",
      /^.*; what this run has changed is taken back$/,
    ],
  ])("of %s is refused, and all of that run is taken back", async (_what, from, to, step, reason) => {
    const before = await whoMayConnect(target);
    const run = await apply(target, "access", { ...more(), edit: replacing(from, to) });
    const sentence = `the host could not be prepared (access, step ${step}): `;
    expect(run.sentence.slice(0, sentence.length), run.output).toBe(sentence);
    expectRefused({ ...run, sentence: run.sentence.slice(sentence.length) }, reason);
    expect(await isArmed(target)).toBe(false);
    expect(await whoMayConnect(target)).toBe(before);
    await expectReachable(target);
    await expectConverges(target, {}, ["access"]);
  });
});

describe("a full disk", () => {
  it.each(["/etc/backline", "/etc/fail2ban/jail.d"])(
    "at %s is said so, and all of that run is taken back",
    async (path) => {
      const before = await whoMayConnect(target);
      await console(
        name,
        `cp -a ${path} /run/aside && mount -t tmpfs -o size=64k tmpfs ${path} && cp -a /run/aside/. ${path} && rm -r /run/aside && ! head -c 100000 /dev/zero > ${path}/filler 2> /dev/null`,
      );
      const run = await apply(target, "access", more());
      const left = await isArmed(target);
      await console(name, `umount ${path}`);
      expectRefused(
        run,
        /^the host could not be prepared \(access, step [a-z0-9-]+\): the disk of the host is full; make room there, df -h shows where it is used \(.*No space left on device\); then run this again$/,
      );
      expect(left).toBe(false);
      expect(await whoMayConnect(target)).toBe(before);
      await expectConverges(target, {}, ["access"]);
    },
  );
});

describe("a change that would lock the operator out", () => {
  const refused = (port: number) =>
    new RegExp(
      `^with the new settings ops@[0-9.]+:${port} cannot sign in \\(.*\\); the host takes them back within 60 s and is then as before$`,
    );

  it("is told in one sentence, and has gone within a minute", async () => {
    const before = await whoMayConnect(target);
    const start = Date.now();
    const run = await apply(target, "access", { args: { ssh: { port: 22, allow: ["203.0.113.7/32"] } } });
    expectRefused(run, refused(22));
    expect(await over(target, "fresh", "true")).toBe(undefined);
    await takenBack(target, 60 - (Date.now() - start) / 1000);
    expect(await whoMayConnect(target)).toBe(before);
    await expectConverges(target, {}, ["access"]);
  });

  it("goes by itself where the host restarts before it is confirmed", async () => {
    const before = await whoMayConnect(target);
    const run = begin(target, "access", { ...more(), edit: holdingBefore("firewall") });
    await held(target);
    await killClient(target);
    await ended(run);
    await release(target);
    await idle(target);
    await reboot(target);
    expect(await isArmed(target)).toBe(true);
    await expectReachable(target);
    await takenBack(target, 60);
    expect(await whoMayConnect(target)).toBe(before);
    await expectConverges(target, {}, ["access"]);
  });

  it("is taken back where the group itself takes longer than its time, and does not go on afterwards", async () => {
    const before = await whoMayConnect(target);
    const slow = replacing("step=firewall\n", "step=firewall\nsleep 600\n");
    const hasty = replacing("OnActiveSec=40", "OnActiveSec=5");
    expectRefused(
      await apply(target, "access", { ...more(), edit: (parts) => hasty(slow(parts)) }),
      "the host could not be prepared (access): it was not done within 40 s, and is taken back; run this again",
    );
    expect(await console(name, "pgrep -x sleep -a || true")).not.toContain("600");
    await expectTakenBack(target, before);
    await expectConverges(target, {}, ["access"]);
  });

  it("is a new port that something on the way closes", async () => {
    const before = await whoMayConnect(target);
    await console(name, "iptables -t raw -A PREROUTING -p tcp --dport 2222 -j DROP");
    const run = await apply(target, "access", moved("ops"));
    await expectTakenBack(target, before);
    await console(name, "iptables -t raw -F PREROUTING");
    expectRefused(run, refused(2222));
    await expectConverges(target, {}, ["access"]);
  });
});

/** Another port of SSH, another user, reached first as what is there now. */
const moved = (user: string): Change => ({
  ssh: { user, port: 2222, first: { user: "ops", port: 22 } },
  args: {
    admin: { name: user, publicKeys: target.args.admin.publicKeys },
    ssh: { port: 2222, allow: target.args.ssh.allow },
  },
});

describe("another way to sign in", () => {
  it("is from anywhere: the operator is let in, also after many tries in vain", async () => {
    const vain = { ssh: { user: "nobody-here" } };
    for (const _try of [1, 2, 3, 4, 5, 6]) expect(await over(target, "fresh", "true", vain)).toBe(undefined);
    await expectConverges(target, { args: { ssh: { port: 22, allow: [] } } }, ["access"]);
    await expectReachable(target);
    expect(
      await console(name, '[ -z "$(fail2ban-client get sshd banip)" ] && ufw status | grep -c LIMIT'),
    ).toBe("2");
    await expectConverges(target, {}, ["access"]);
  });

  it("is a key that is removed: it no longer lets in, the other one does", async () => {
    const own = readFileSync(`${target.host.privateKey}.pub`, "utf8").trim();
    const other = await console(
      name,
      "rm -f /run/other*; ssh-keygen -q -t ed25519 -N '' -f /run/other; cat /run/other.pub",
    );
    const both: Change = { args: { admin: { name: "ops", publicKeys: [own, other.trim()] } } };
    await expectConverges(target, both, ["access"]);
    const keys = () => console(name, "grep -c ssh-ed25519 /home/ops/.ssh/authorized_keys");
    expect(await keys()).toBe("2");
    await expectConverges(target, {}, ["access"]);
    expect(await keys()).toBe("1");
  });

  it("is a key that takes the place of the operator's own: it is taken back", async () => {
    const before = await whoMayConnect(target);
    const other = await console(name, "cat /run/other.pub");
    const run = await apply(target, "access", {
      args: { admin: { name: "ops", publicKeys: [other.trim()] } },
    });
    await expectTakenBack(target, before);
    expectRefused(run, /^with the new settings ops@[0-9.]+:22 cannot sign in \(.*Permission denied.*\); /);
    await expectConverges(target, {}, ["access"]);
  });

  it("is another user on another port: they are there afterwards, and the ones before are not", async () => {
    await expectConverges(target, moved("admin"));
    expect(await over(target, "fresh", "true")).toBe(undefined);
    expect(await over(target, "fresh", "true", { ssh: { user: "ops", port: 2222 } })).toBe(undefined);
  });
});
