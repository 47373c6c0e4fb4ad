import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostArgs } from "../../components/host";
import { docker } from "../support/backline";
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
  killClient,
  killScript,
  killSessions,
  reboot,
  release,
} from "../support/host-faults/inject";
import {
  apply,
  begin,
  ended,
  type Group,
  startProvisioned,
  type Target,
} from "../support/host-faults/target";
import { console, stopSandboxHost } from "../support/sandbox-host";

const name = "e2e-faults-cut";
let target: Target;
let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "backline-faults-"));
  target = await startProvisioned(name);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await stopSandboxHost(name);
});

/** What the target is to become at present. */
let wanted: Partial<HostArgs> = {};

/** Wants something else of a group, so that it has something to do. */
function change(group: Group): void {
  const now = { ...target.args, ...wanted };
  const other = {
    system: { timeZone: now.timeZone === "Etc/UTC" ? "Europe/Berlin" : "Etc/UTC" },
    docker: { docker: { logSize: 10, logFiles: now.docker.logFiles === 3 ? 4 : 3 } },
    access: {
      ssh: {
        port: 22,
        allow: [`${target.operator}/32`, ...(now.ssh.allow.length === 1 ? ["203.0.113.0/24"] : [])],
      },
    },
  };
  wanted = { ...wanted, ...other[group] };
}

const groups: readonly [group: Group, step: string][] = [
  ["system", "journal"],
  ["docker", "image-cleanup"],
  ["access", "firewall"],
];

/** Runs a group until it is held in the middle, and lets something happen to it there. */
async function interrupted(group: Group, step: string, fault: () => Promise<unknown>) {
  change(group);
  const run = begin(target, group, { args: wanted, edit: holdingBefore(step) });
  await held(target);
  await fault();
  return await ended(run);
}

describe("a connection that cannot be made", () => {
  it("because the key is not let in, is said so", async () => {
    const other = join(folder, "other");
    await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", other]);
    expectRefused(
      await apply(target, "system", { ssh: { identityFile: other } }),
      /^ops@[0-9.]+:22 or root@[0-9.]+:22 does not let this key in \(.*Permission denied \(publickey\)\.\); load the right one into the SSH agent or name it in host\.identityFile$/,
    );
    await expectReachable(target);
  });

  it("because the host shows another key than the pinned one, is said so", async () => {
    const other = join(folder, "host");
    await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", other]);
    const { stdout } = await execa("ssh-keygen", ["-y", "-f", other]);
    expectRefused(
      await apply(target, "system", { ssh: { hostKey: stdout.split(" ").slice(0, 2).join(" ") } }),
      /^ops@[0-9.]+:22 shows another key than host\.hostKey; if the host was built anew, run \.\/backline host trust, and if not, somebody may stand in between$/,
    );
    await expectReachable(target);
  });

  it("because nothing is at the address, is said so", async () => {
    const address = target.host.address.replace(/\d+$/, "250");
    expectRefused(
      await apply(target, "system", { ssh: { address } }),
      /^there is no SSH connection to ops@[0-9.]+\.250:22 \(.*(No route to host|timed out).*\); see whether the host is up and host\.address and host\.port are right$/,
    );
  });

  it("because the host is down, is said so, also where a connection to it was open", async () => {
    expect((await apply(target, "docker")).exitCode).toBe(0);
    await docker("stop", "--time", "1", `backline-sandbox-${name}`);
    const run = await apply(target, "system");
    await docker("start", `backline-sandbox-${name}`);
    expectRefused(run, /^(there is no SSH connection|the connection) to ops@[0-9.]+:22 .*$/);
    await console(name, "systemctl is-system-running --wait || true");
    await expectConverges(target, {}, ["docker"]);
  });

  it("because the user's sudo was broken by hand, is said so", async () => {
    const before = await whoMayConnect(target);
    await console(name, "mv /etc/sudoers.d/backline /etc/sudoers.d/backline.aside");
    expectRefused(
      await apply(target, "access"),
      /^ops@[0-9.]+:22 may not become root \(.*sudo.*\); let that user use sudo without a password$/,
    );
    await console(name, "mv /etc/sudoers.d/backline.aside /etc/sudoers.d/backline");
    expect(await whoMayConnect(target)).toBe(before);
    await expectConverges(target, {}, ["access"]);
  });
});

describe.each(groups)("in the middle of the group %s", (group, step) => {
  const guarded = group === "access";
  const lost = guarded
    ? "the connection to the host was lost (access); the host takes back what was begun within 60 s, and the next run begins anew"
    : `the connection to the host was lost (${group}); what was begun there goes on to its end, and the next run takes it from there`;

  it.each([
    ["ends on the operator's machine", killClient],
    ["is cut on the host", killSessions],
  ])("a connection that %s is said so; the host goes on to the end", async (_how, cut) => {
    const before = await whoMayConnect(target);
    expectRefused(await interrupted(group, step, () => cut(target)), lost);
    await expectReachable(target);
    await release(target);
    await idle(target);
    expect(await console(name, `tail -n 1 /var/lib/backline-host/${group}.log`)).toMatch(/: (done|left out)/);
    if (guarded) await expectTakenBack(target, before);
    await expectConverges(target, { args: wanted }, [group]);
  });

  it("an end of the script is said so, and the next run takes it from there", async () => {
    const before = await whoMayConnect(target);
    expectRefused(
      await interrupted(group, step, () => killScript(target)),
      new RegExp(
        `^the host could not be prepared \\(${group}\\): it was ended before it was done, after: .*; `,
      ),
    );
    await expectReachable(target);
    if (guarded) await expectTakenBack(target, before);
    await expectConverges(target, { args: wanted }, [group]);
  });

  it("a restart of the host is said so, and the next run takes it from there", async () => {
    const before = await whoMayConnect(target);
    expectRefused(await interrupted(group, step, () => reboot(target)), lost);
    await expectReachable(target);
    if (guarded) await expectTakenBack(target, before);
    await expectConverges(target, { args: wanted }, [group]);
  });
});

describe("two runs at once", () => {
  it("follow one after the other", async () => {
    const first = begin(target, "system", { args: wanted, edit: holdingBefore("journal") });
    await held(target);
    const second = begin(target, "docker", { args: wanted });
    const waiting = new Promise<void>((resolve) =>
      second.all.on("data", (chunk) => {
        if (String(chunk).includes("waiting for a run before this one to end on the host")) resolve();
      }),
    );
    await waiting;
    await release(target);
    expect((await ended(first)).exitCode).toBe(0);
    expect((await ended(second)).exitCode).toBe(0);
  });

  it("confirm nothing of each other's", async () => {
    change("access");
    const late = begin(target, "access", { args: wanted, edit: holdingBefore("firewall") });
    await held(target);
    const [id, keep] = ["0-0", "/var/lib/backline-host/guard/keep"];
    const { exitCode, stderr } = await execa("docker", ["exec", `backline-sandbox-${name}`, "sh", keep, id], {
      reject: false,
    });
    expect([exitCode, stderr]).toEqual([1, "taken back already"]);
    await release(target);
    expect((await ended(late)).exitCode).toBe(0);
    await expectConverges(target, { args: wanted }, ["access"]);
  });
});
