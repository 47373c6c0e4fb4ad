import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/client";
import { expectConverges, expectReachable, expectRefused } from "../support/host-faults/expect";
import { held, holdingBefore, idle, release } from "../support/host-faults/inject";
import { apply, begin, over, replacing, startTarget, type Target } from "../support/host-faults/target";
import { console, stopSandboxHost } from "../support/sandbox-host";

const name = "e2e-faults-blank";
let target: Target;

/** Everything that a run could change. */
const everything = () =>
  console(
    name,
    "find /etc /home /root /usr/local /var/lib/backline-host -xdev ! -name mtab -exec stat -c '%n %Y %a' {} + 2> /dev/null | sort; dpkg -l",
  );
const asRoot = () => over(target, "first", "id -un");

/** What the scripts wait for a lock, made short. */
const hasty = (parts: string) => replacing("left=120", "left=2")(parts);

/** Holds one of the locks of the packages until `/run/unlock` is there, as apt does. */
const holding = (path: string) =>
  console(
    name,
    [
      "rm -f /run/unlock /run/locked",
      "cat > /run/hold.pl << 'END'",
      `open(F, ">", "${path}"); my $lock = pack("s s x4 l! l! i x4", 1, 0, 0, 0, 0); fcntl(F, 6, $lock) or die;`,
      'open(M, ">", "/run/locked"); close M; until (-e "/run/unlock") { select(undef, undef, undef, 0.1) }',
      "END",
      "setsid perl /run/hold.pl < /dev/null > /dev/null 2>&1 &",
      "timeout 10 sh -c 'while [ ! -e /run/locked ]; do sleep 0.1; done'",
    ].join("\n"),
  );

/** Lets a file system of 64 KiB, which is full, lie over a folder of the host. */
const fill = (path: string) =>
  console(
    name,
    `mkdir -p ${path} && mount -t tmpfs -o size=64k tmpfs ${path} && ! head -c 100000 /dev/zero > ${path}/filler 2> /dev/null`,
  );
const unfill = (path: string) => console(name, `umount ${path}`);

beforeAll(async () => {
  target = await startTarget(name);
  await console(name, "systemctl is-system-running --wait || true");
});
afterAll(() => stopSandboxHost(name));

describe("a blank host", () => {
  it("is left alone where it runs another distribution", async () => {
    await console(
      name,
      "mv /etc/os-release /etc/os-release.real; printf 'ID=fedora\\nVERSION_ID=40\\n' > /etc/os-release",
    );
    const before = await everything();
    const runs = [
      await apply(target, "system"),
      await apply(target, "docker"),
      await apply(target, "access"),
    ];
    const after = await everything();
    await console(name, "mv /etc/os-release.real /etc/os-release");
    for (const run of runs)
      expectRefused(
        run,
        "the host runs fedora-40, and Backline prepares debian-12 or ubuntu-24.04; nothing was changed",
      );
    expect(after).toBe(before);
    expect(await asRoot()).toBe("root");
  });

  it("is left alone where the first user may not become root", async () => {
    await console(
      name,
      "useradd --create-home --shell /bin/bash first && usermod --password '*' first && cp -r /root/.ssh /home/first/.ssh && chown -R first:first /home/first/.ssh",
    );
    const before = await everything();
    const run = await apply(target, "system", { ssh: { first: { user: "first", port: 22 } } });
    const after = await everything();
    await console(name, "loginctl terminate-user first; userdel --force --remove first");
    expectRefused(
      run,
      /^first@[0-9.]+:22 may not become root \(.*sudo.*\); let that user use sudo without a password$/,
    );
    expect(after).toBe(before);
    expect(await asRoot()).toBe("root");
  });

  it("says that its mirror does not answer", async () => {
    await console(
      name,
      "echo 'Acquire::http::Proxy \"http://127.0.0.1:9\";' > /etc/apt/apt.conf.d/zz-broken; mv /var/lib/apt/lists /var/lib/apt/lists.before; mkdir -p /var/lib/apt/lists",
    );
    const run = await apply(target, "system");
    await console(
      name,
      "rm -rf /etc/apt/apt.conf.d/zz-broken /var/lib/apt/lists; mv /var/lib/apt/lists.before /var/lib/apt/lists",
    );
    expectRefused(
      run,
      /^the host could not be prepared \(system, step packages\): the host does not get packages from its mirror; see \/etc\/apt\/sources.list and whether the host reaches what is named there \(.*127\.0\.0\.1.*\); then run this again$/,
    );
    expect(await console(name, "dpkg --audit; ls /var/lib/dpkg/updates")).toBe("");
    expect(await asRoot()).toBe("root");
  });

  it.each(["/var/lib/dpkg/lock-frontend", "/var/lib/apt/lists/lock"])(
    "says who holds the lock %s for ever",
    async (path) => {
      await holding(path);
      const run = await apply(target, "system", { edit: hasty });
      await console(name, "touch /run/unlock");
      expectRefused(
        run,
        new RegExp(
          `^the host could not be prepared \\(system, step packages\\): another program holds the lock of the packages; wait until it has ended, or end it \\(.*${path}.*\\); then run this again$`,
        ),
      );
      expect(await asRoot()).toBe("root");
    },
  );

  it.each([
    [
      "/var/lib/backline-host",
      /^the host cannot write to \/var\/lib\/backline-host \(.*No space left on device\); make room there, df -h shows where it is used; nothing was changed$/,
    ],
    [
      "/var/cache/apt/archives",
      /^the host could not be prepared \(system, step packages\): the disk of the host is full; make room there, df -h shows where it is used \(.*(No space left|enough free space).*\); then run this again$/,
    ],
  ])("says that its disk is full at %s", async (path, sentence) => {
    await fill(path);
    const run = await apply(target, "system");
    await unfill(path);
    expectRefused(run, sentence);
    expect(await asRoot()).toBe("root");
  });

  it("waits for the lock of the packages, and goes on after an end in the middle of an installation", async () => {
    await holding("/var/lib/dpkg/lock-frontend");
    const first = begin(target, "system");
    await eventually("apt to wait", async () =>
      (await console(name, "pgrep -x apt-get || true")) === "" ? undefined : true,
    );
    await console(name, "touch /run/unlock");
    await eventually(
      "dpkg to configure packages",
      async () =>
        (await console(name, "dpkg -l | grep -q '^iU' && pkill -9 -x dpkg && echo ended || true")) === "ended"
          ? true
          : undefined,
      90,
    );
    await console(name, "pkill -9 -x apt-get || true; pkill -9 -f '^sh /var/lib/backline-host' || true");
    const run = await first;
    expect(run.exitCode, run.all).toBe(4);
    await idle(target);
    expect(await console(name, "dpkg --audit | head -n 1")).not.toBe("");
    expect(await asRoot()).toBe("root");
    await expectConverges(target);
    expect(await console(name, "dpkg --audit")).toBe("");
    await expectReachable(target);
  });

  it("has folders that others may look into, and holds nothing that an earlier run left", async () => {
    expect(await console(name, "stat -c %a /etc/backline")).toBe("755");
    const run = begin(target, "docker", { edit: holdingBefore("image-cleanup") });
    await held(target);
    await release(target);
    expect((await run).exitCode).toBe(0);
    expect(await console(name, "ls /var/lib/backline-host")).toBe(
      ["access.log", "docker.log", "guard", "guard.lock", "lock", "packages.log", "system.log"].join("\n"),
    );
  });
});
