import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { reach, requireHost, requireProgram, requireSettings } from "../../../scripts/operations/reach";
import { type FakePrograms, fakePrograms } from "../../support/fake-programs";
import { hostSettings, hostStack } from "../../support/host-stack";
import { settingsOf } from "../../support/plans";
import { resolution } from "../../support/resolution";

/** An `ssh` that lets some users in and answers as a Debian host does. */
const host = (...users: string[]): string =>
  [
    "while [ $# -gt 0 ]; do",
    '  if [ "$1" = -l ]; then user=$2; fi',
    "  shift",
    "done",
    `case "$user" in ${users.join("|")}) ;; *) echo "$user: Permission denied (publickey)." >&2; exit 255 ;; esac`,
    'case "$last" in',
    "  *os-release*) echo debian-12 ;;",
    "  *SSH_CONNECTION*) printf '198.51.100.7\\n0\\n' ;;",
    "  'id -u') echo 0 ;;",
    "esac",
  ].join("\n");

let programs: FakePrograms;
beforeEach(() => {
  programs = fakePrograms();
});
afterEach(() => programs.remove());

const local = () => settingsOf("config:\n  backline:proxy: { certificates: internal }\n");

describe("reaching the host of a stack", () => {
  it("is nothing where it is this machine", async () => {
    programs.add("ssh", "exit 255");
    expect(await reach(local())).toEqual({ stack: "dev" });
    expect(programs.calls("ssh")).toEqual([]);
  });

  it("finds out from a blank host that there is no Docker, and who may sign in", async () => {
    programs.add("ssh", host("root"));
    expect((await reach(hostSettings(), "deploy")).host).toMatchObject({
      connection: "first",
      sudo: false,
      installed: false,
    });
  });

  it("is one sentence where nobody may sign in", async () => {
    programs.add("ssh", host("nobody"));
    await expect(reach(hostSettings())).rejects.toThrow(
      /^ops@203\.0\.113\.10:22 or root@203\.0\.113\.10:22 does not let this key in .*host\.identityFile$/,
    );
  });

  it("refuses an allow-list that would lock the operator out, before a deploy alone", async () => {
    programs.add("ssh", host("ops"));
    const settings = hostSettings("sshAllow: [192.0.2.0/24]");
    await expect(reach(settings, "deploy")).rejects.toThrow(
      'Pulumi.qa.yaml: host.sshAllow: leaves out 198.51.100.7, the address that you sign in from, and would lock you out; add "198.51.100.7/32"',
    );
    expect((await reach(settings)).host).toMatchObject({ connection: "shared" });
  });
});

describe("what a connection needs", () => {
  it("is a host that is not this machine", () => {
    expect(() => requireHost(local())).toThrow(
      "Pulumi.dev.yaml: host.address: is not set: the stack dev runs on this machine's Docker, which is left as it is; write the address of a host",
    );
    expect(requireHost(hostSettings()).address).toBe("203.0.113.10");
  });

  it("is OpenSSH", () => {
    programs.add("ssh-keyscan", ":");
    expect(() => requireProgram("ssh-keyscan")).not.toThrow();
  });

  it("is a pinned key, and for a deploy keys that sign in too", () => {
    const unpinned = resolution({ domain: "example.com", host: { address: "203.0.113.10" } }, "warn", "qa");
    if (!unpinned.ok) throw new Error("the settings are wrong");
    expect(() => requireSettings(unpinned.settings, "connection")).toThrow(
      "Pulumi.qa.yaml: host.hostKey: is not set; run: ./backline host trust qa",
    );
    expect(() => requireSettings(unpinned.settings, "deploy")).toThrow(/\n.*host\.publicKeys: there is none/);
    expect(hostStack()).not.toContain("hostKey");
  });
});
