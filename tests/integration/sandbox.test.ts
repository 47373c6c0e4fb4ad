import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createProgress } from "../../toolchain";
import { listSandboxes, type Sandbox, startSandbox, stopSandbox } from "../../toolchain/sandbox";

const name = `test-${process.pid}`;
const progress = createProgress({ stream: new PassThrough().resume() });
let folder = "";
let sandbox: Sandbox;

const start = () => startSandbox({ progress, name, checkout: folder, folder });

/** Runs a command on the sandbox, as a person would. */
async function ssh(command: string): Promise<string> {
  const { privateKey, knownHosts } = sandbox.files;
  const options = [`UserKnownHostsFile=${knownHosts}`, "StrictHostKeyChecking=yes", "IdentitiesOnly=yes"];
  const words = ["-F", "none", "-i", privateKey, ...["BatchMode=yes", ...options].flatMap((o) => ["-o", o])];
  const { stdout } = await execa("ssh", [...words, `root@${sandbox.address}`, command], { stdin: "ignore" });
  return stdout;
}

/** Everything in Docker with the sandbox's label. */
async function labelled(): Promise<string[]> {
  const listings = [
    ["container", "ls", "--all"],
    ["network", "ls"],
    ["volume", "ls"],
  ];
  const filter = ["--quiet", "--filter", `label=backline.sandbox=${name}`];
  const found = await Promise.all(listings.map((listing) => execa("docker", [...listing, ...filter])));
  return found.map(({ stdout }) => stdout).filter((ids) => ids !== "");
}

/** The machine's control groups: which are mounted and how, and the folders that they lie in. */
const controlGroups = async () => ({
  mounts: (await readFile("/proc/mounts", "utf8"))
    .split("\n")
    .filter((line) => line.includes("/sys/fs/cgroup")),
  folders: await readdir("/sys/fs/cgroup"),
});
let before: Awaited<ReturnType<typeof controlGroups>>;

beforeAll(async () => {
  before = await controlGroups();
  folder = await mkdtemp(join(tmpdir(), "backline-sandbox-"));
  sandbox = await start();
});

afterAll(async () => {
  await stopSandbox(progress, folder, name);
  await rm(folder, { recursive: true, force: true });
});

describe("a sandbox host", () => {
  it("answers SSH as root, with its own key and its host key pinned, and runs systemd", async () => {
    expect(await ssh("id --name --user; cat /proc/1/comm; systemctl is-system-running; hostname")).toBe(
      `root\nsystemd\nrunning\n${name}`,
    );
    expect(sandbox).toMatchObject({ name, port: 22, user: "root", started: true, failedUnits: [] });
  });

  it("is blank: no Python, no Docker, no firewall", async () => {
    expect(await ssh("command -v python3 docker ufw iptables sudo || echo none")).toBe("none");
  });

  it("keeps its private key to its owner", async () => {
    expect((await stat(sandbox.files.privateKey)).mode & 0o777).toBe(0o600);
    expect((await stat(sandbox.files.own)).mode & 0o777).toBe(0o700);
  });

  it("stays as it is when it is started again", async () => {
    await ssh("touch /root/mark");
    const again = await start();
    expect(again).toEqual({ ...sandbox, started: false });
    expect(await ssh("ls /root")).toBe("mark");
  });

  it("is not reached from another checkout", async () => {
    const elsewhere = startSandbox({ progress, name, checkout: "/elsewhere", folder: join(folder, "b") });
    await expect(elsewhere).rejects.toThrow(`the sandbox "${name}" belongs to the checkout ${folder}`);
  });

  it("leaves the machine's control groups as they were", async () => {
    expect(await controlGroups()).toEqual(before);
  });

  it("leaves nothing behind when it is stopped", async () => {
    expect((await listSandboxes()).map((found) => found.name)).toContain(name);
    expect(await labelled()).toHaveLength(3);
    expect(await stopSandbox(progress, folder, name)).toBe(true);
    expect(await labelled()).toEqual([]);
    expect(await readdir(folder)).toEqual(["b"]);
    expect(await stopSandbox(progress, folder, name)).toBe(false);
  });
});
