import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  docker,
  dockerCommand,
  dockerTarget,
  listContainerIds,
  listVolumes,
} from "../../../scripts/operations/docker";
import { type FakePrograms, fakePrograms } from "../../support/fake-programs";
import { hostSettings } from "../../support/host-stack";
import { settingsOf } from "../../support/plans";

const facts = {
  release: "debian-12",
  connection: "shared",
  client: "198.51.100.7",
  isRoot: true,
  hasDocker: true,
} as const;

let programs: FakePrograms;
beforeEach(() => {
  programs = fakePrograms();
});
afterEach(() => programs.remove());

describe("Docker of a stack", () => {
  it("on this machine is its own command", () => {
    const here = settingsOf("config:\n  backline:proxy: { certificates: internal }\n");
    expect(dockerTarget(here)).toEqual({ stack: "dev" });
    expect(dockerCommand({ stack: "dev" }, ["ps", "--all"])).toEqual(["docker", "ps", "--all"]);
  });

  it("on a host runs there, over the shared connection with the pinned key", () => {
    const command = dockerCommand(dockerTarget(hostSettings()), ["ps", "--format", "{{.ID}}\t{{.Names}}"]);
    expect(command[0]).toBe("ssh");
    expect(command).toContain("ControlMaster=auto");
    expect(command).toContain("StrictHostKeyChecking=yes");
    expect(command.slice(-7)).toEqual([
      ...["-T", "-p", "22", "-l", "ops", "203.0.113.10"],
      "docker ps --format '{{.ID}}\t{{.Names}}'",
    ]);
  });

  it("on a host that is not prepared is used by whoever may sign in there", () => {
    const target = dockerTarget(hostSettings("firstUser: debian", "firstPort: 2222"), {
      ...facts,
      connection: "first",
      isRoot: false,
    });
    const command = dockerCommand(target, ["ps"]);
    expect(command.slice(-7)).toEqual([
      ...["-T", "-p", "2222", "-l", "debian", "203.0.113.10"],
      "sudo -n docker ps",
    ]);
  });

  it("on a host without Docker holds nothing, and is not asked", async () => {
    programs.add("ssh", "echo abc");
    const blank = dockerTarget(hostSettings(), { ...facts, hasDocker: false });
    expect([await listContainerIds(blank), await listVolumes(blank)]).toEqual([[], []]);
    expect(programs.calls("ssh")).toEqual([]);
    expect(await listVolumes(dockerTarget(hostSettings(), facts))).toEqual(["abc"]);
    expect(programs.calls("ssh")).toEqual(["docker volume ls --quiet --filter label=backline.stack=qa"]);
  });

  it.each([
    [
      "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
      "Docker does not answer on the host ops@203.0.113.10:22; ./backline host check qa says what differs there",
    ],
    [
      "ssh: connect to host 203.0.113.10 port 22: Connection refused",
      "no SSH server answers at 203.0.113.10, port 22 (connection refused); is the host up, are host.address and host.port right, and does host.sshAllow name your address?",
    ],
    ["Error: No such volume: x", "docker volume failed: Error: No such volume: x"],
  ])("on a host says what is wrong: %s", async (said, sentence) => {
    programs.add("ssh", `echo '${said}' >&2; exit 1`);
    await expect(docker(dockerTarget(hostSettings()), ["volume", "rm", "x"])).rejects.toThrow(sentence);
  });
});
