import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isHealthy, renderFindings } from "../../../../scripts/operations/doctor";
import { checkDocker } from "../../../../scripts/operations/doctor/docker";
import { fail, ok, warn } from "../../../../scripts/operations/doctor/finding";
import { checkMemory, judgeDisk } from "../../../../scripts/operations/doctor/machine";
import { checkPort } from "../../../../scripts/operations/doctor/port";
import { checkNode, checkSsh } from "../../../../scripts/operations/doctor/programs";
import { checkStacks, stacksElsewhere } from "../../../../scripts/operations/doctor/stacks";
import { parseListener } from "../../../../scripts/operations/ports";

const gib = 2 ** 30;

describe("findings", () => {
  it("are healthy unless one fails", () => {
    expect(isHealthy([ok("a", "b"), warn("c", "d", "e")])).toBe(true);
    expect(isHealthy([ok("a", "b"), fail("c", "d", "e")])).toBe(false);
  });

  it("are shown with their mend", () => {
    expect(renderFindings([ok("Go", "go1.26.8"), fail("npm", "not on PATH", "install it")])).toBe(
      "      CHECK  FINDING\nok    Go     go1.26.8\nfail  npm    not on PATH: install it\n",
    );
  });
});

describe("the machine", () => {
  it("needs Node.js 20.19", () => {
    expect(checkNode("20.19.0").status).toBe("ok");
    expect(checkNode("20.11.1")).toEqual(
      fail("Node.js", "20.11.1", "install Node.js 20.19.0 or later (https://nodejs.org)"),
    );
  });

  it.each([
    [1, "fail"],
    [10, "warn"],
    [40, "ok"],
  ])("with %i GiB free on the disk is %s", (free, status) => {
    expect(judgeDisk("disk", free * gib, "/")).toMatchObject({ status, detail: `${free}.0 GiB free at /` });
  });

  it.each([
    [2, "fail"],
    [4, "warn"],
    [16, "ok"],
  ])("with %i GiB of memory is %s", (total, status) => {
    expect(checkMemory(total * gib)).toMatchObject({ status, detail: `${total}.0 GiB` });
  });
});

describe("Docker", () => {
  const state = {
    installed: false,
    running: false,
    reachable: false,
    client: false,
    endpoint: "unix:///var/run/docker.sock",
    limits: true,
    apt: true,
    systemd: false,
  };

  it("that up can install or start is a warning", () => {
    expect(checkDocker(state)).toEqual(warn("Docker", "not installed", "./backline up installs it"));
    expect(checkDocker({ ...state, installed: true, client: true })).toEqual(
      warn("Docker", "installed, does not run", "./backline up starts it"),
    );
  });

  it("that answers is told with its version", () => {
    const found = {
      ...state,
      installed: true,
      client: true,
      running: true,
      reachable: true,
      version: "27.1",
    };
    expect(checkDocker(found)).toEqual(ok("Docker", "27.1 at unix:///var/run/docker.sock"));
  });

  it("that this user may not use fails, with the mend", () => {
    const reason = "permission denied while trying to connect";
    expect(checkDocker({ ...state, installed: true, client: true, running: true, reason })).toEqual(
      fail(
        "Docker",
        "Docker runs, but this user may not use it",
        "run `sudo usermod -aG docker $USER` and log in again",
      ),
    );
  });
});

describe("a port", () => {
  it("that another program holds is a warning", async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve, reject) => {
      server.listen(0, "0.0.0.0", () => {
        const address = server.address();
        if (address !== null && typeof address === "object") resolve(address.port);
        else reject(new Error("the server has no port"));
      });
    });
    try {
      const { status, detail, mend } = await checkPort(port, "dev");
      expect({ status, mend }).toEqual({
        status: "warn",
        mend: "end it, or write another port under backline:proxy in Pulumi.dev.yaml",
      });
      expect(detail).toMatch(/^held by /);
    } finally {
      await new Promise((done) => server.close(done));
    }
    expect(await checkPort(port, "dev")).toEqual(ok(`port ${port}`, "free"));
  });

  it("is held by whom ss names", () => {
    const line =
      'LISTEN 0 511 0.0.0.0:8080 0.0.0.0:* users:(("nginx",pid=4711,fd=6),("nginx",pid=4712,fd=6))';
    expect(parseListener(line)).toBe("nginx (process 4711)");
    expect(parseListener("LISTEN 0 511 0.0.0.0:8080 0.0.0.0:*")).toBeUndefined();
  });
});

describe("OpenSSH", () => {
  const all = ["ssh", "ssh-keygen", "ssh-keyscan"];
  const find = (names: string[]) => (name: string) => (names.includes(name) ? `/usr/bin/${name}` : undefined);

  const version = (text: string) => async () => text;

  it("is not needed without a stack on another machine", async () => {
    expect(await checkSsh([], find([]))).toEqual([]);
  });

  it("is needed for the hosts of the stacks that have one", async () => {
    expect(await checkSsh(["qa"], find(all), version("9.2"))).toEqual([
      ok("SSH", "OpenSSH 9.2, for the host of qa"),
    ]);
    expect(await checkSsh(["qa", "staging"], find(["ssh"]))).toEqual([
      warn(
        "SSH",
        "no ssh-keygen, ssh-keyscan on PATH",
        "install the package openssh-client; needed for the hosts of qa, staging",
      ),
    ]);
  });

  it("must be able to take a pinned key", async () => {
    expect(await checkSsh(["qa"], find(all), version("8.2"))).toEqual([
      warn("SSH", "OpenSSH 8.2", "use OpenSSH 8.9 or later; needed for the host of qa"),
    ]);
  });

  it("is looked for where a file names a host, and a file that cannot be read is left out", () => {
    const root = mkdtempSync(join(tmpdir(), "backline-doctor-"));
    try {
      writeFileSync(join(root, "Pulumi.dev.yaml"), "config:\n  backline:host: { cpus: 2 }\n");
      writeFileSync(join(root, "Pulumi.qa.yaml"), "config:\n  backline:host: { address: 203.0.113.10 }\n");
      writeFileSync(join(root, "Pulumi.torn.yaml"), "config: [\n");
      expect(stacksElsewhere(root)).toEqual(["qa"]);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});

describe("passphrases", () => {
  it("that others may read fail", () => {
    const root = mkdtempSync(join(tmpdir(), "backline-doctor-"));
    try {
      const path = join(root, ".backline", "passphrases", "qa");
      mkdirSync(join(root, ".backline", "passphrases"), { recursive: true });
      writeFileSync(join(root, "Pulumi.qa.yaml"), "encryptionsalt: v1:salt\n");
      expect(checkStacks(root)).toEqual([
        warn(
          "passphrase of qa",
          "not on this machine",
          `put it into ${path}, mode 0600; previews work without`,
        ),
      ]);
      writeFileSync(path, "secret", { mode: 0o600 });
      expect(checkStacks(root)).toEqual([ok("passphrase of qa", "there, mode 0600")]);
      chmodSync(path, 0o640);
      expect(checkStacks(root)).toEqual([
        fail("passphrase of qa", "others may read it: mode 0640", `chmod 600 ${path}`),
      ]);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});
