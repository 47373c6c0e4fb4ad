import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { OperationError } from "../../../../components/shared/errors";
import { isHealthy, renderFindings, report } from "../../../../scripts/operations/doctor";
import { checkDocker } from "../../../../scripts/operations/doctor/docker";
import { fail, ok, warn } from "../../../../scripts/operations/doctor/finding";
import { checkMemory, judgeDisk } from "../../../../scripts/operations/doctor/machine";
import { checkPort } from "../../../../scripts/operations/doctor/port";
import { checkGo, checkNode, checkSsh } from "../../../../scripts/operations/doctor/programs";
import { stacksElsewhere } from "../../../../scripts/operations/doctor/stacks";
import { parseListener } from "../../../../scripts/operations/ports";
import { versions } from "../../../../toolchain/versions";
import { captureOutput, fakePrograms } from "../../../support/fake-programs";

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

describe("the report", () => {
  const failing = [
    ok("Node.js", "22.1.0"),
    fail("Docker", "Docker Engine is missing", "install it"),
    warn("lock of qa", "held", "wait for it"),
    fail("port 8443", "held by nginx (process 4711)", "end it"),
  ];
  afterEach(() => vi.restoreAllMocks());

  it("ends with what fails, after a line for each finding", () => {
    const output = captureOutput();
    expect(() => report(failing, false)).toThrow(
      new OperationError("2 of 4 checks failed: Docker, port 8443"),
    );
    expect(output.text().stdout).toBe(
      [
        "      CHECK       FINDING",
        "ok    Node.js     22.1.0",
        "fail  Docker      Docker Engine is missing: install it",
        "warn  lock of qa  held: wait for it",
        "fail  port 8443   held by nginx (process 4711): end it",
        "",
      ].join("\n"),
    );
  });

  it("is the same as JSON", () => {
    const output = captureOutput();
    expect(() => report(failing, true)).toThrow("2 of 4 checks failed");
    expect(JSON.parse(output.text().stdout)).toEqual({ healthy: false, findings: failing });
  });

  it("of a healthy machine throws nothing", () => {
    const output = captureOutput();
    report(
      failing.filter(({ status }) => status !== "fail"),
      true,
    );
    expect(JSON.parse(output.text().stdout).healthy).toBe(true);
  });
});

describe("Go", () => {
  const versionOf = (script: string) => {
    const programs = fakePrograms();
    programs.add("go", script);
    return programs;
  };
  const mend = (version: string) => `install Go ${version} or later (https://go.dev/dl)`;

  it("that is missing fails where tools have yet to be built, and is a warning elsewhere", async () => {
    const empty = mkdtempSync(join(tmpdir(), "backline-doctor-"));
    vi.stubEnv("PATH", empty);
    try {
      expect(await checkGo(true)).toEqual(fail("Go", "not on PATH", mend(versions.go)));
      expect(await checkGo(false)).toEqual(
        warn("Go", "not on PATH", `${mend(versions.go)}; needed only to build tools from package registries`),
      );
    } finally {
      vi.unstubAllEnvs();
      rmSync(empty, { recursive: true });
    }
  });

  it("that is too old fails, and one that is new enough is told", async () => {
    const old = versionOf("echo go1.20.1");
    expect(await checkGo(true)).toEqual(fail("Go", "go1.20.1", mend(versions.go)));
    old.remove();
    const present = versionOf(`echo go${versions.go}`);
    expect(await checkGo(true)).toEqual(ok("Go", `go${versions.go}`));
    present.remove();
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

  it("says how much room to make on a disk that is nearly full", () => {
    expect(judgeDisk("disk (containers)", 1.25 * gib, "/var/lib/docker")).toEqual(
      fail(
        "disk (containers)",
        "1.3 GiB free at /var/lib/docker",
        "free some space: 16 GiB are enough for everything",
      ),
    );
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
    root: "yes" as const,
  };

  it("that up can install or start is a warning", () => {
    expect(checkDocker(state)).toEqual(warn("Docker", "not installed", "./backline up installs it"));
    expect(checkDocker({ ...state, installed: true, client: true })).toEqual(
      warn("Docker", "installed, does not run", "./backline up starts it"),
    );
    expect(checkDocker({ ...state, root: "asks" })).toEqual(
      warn("Docker", "not installed", "./backline up installs it, and asks for the password of sudo"),
    );
  });

  it("that this user may not install or start fails, with who can", () => {
    expect(checkDocker({ ...state, root: "no" })).toEqual(
      fail(
        "Docker",
        "Docker Engine is missing, and this user may not install it, because there is no sudo for this user",
        "have root install it as https://docs.docker.com/engine/install/ says and run `usermod -aG docker <user>`, then log in again",
      ),
    );
    expect(checkDocker({ ...state, installed: true, client: true, root: "no" })).toEqual(
      fail(
        "Docker",
        "Docker Engine does not run, and this user may not start it, because there is no sudo for this user",
        "start it as root: `systemctl start docker`",
      ),
    );
    expect(checkDocker({ ...state, installed: true, running: true, root: "no" })).toMatchObject({
      status: "fail",
      detail:
        "The docker command is missing, and this user may not install it, because there is no sudo for this user",
    });
  });

  it("elsewhere that does not answer fails, with where", () => {
    const endpoint = "tcp://192.0.2.1:2376";
    expect(checkDocker({ ...state, client: true, endpoint, reason: "i/o timeout" })).toEqual(
      fail(
        "Docker",
        "Docker does not answer at tcp://192.0.2.1:2376 (i/o timeout)",
        "start it there, or unset DOCKER_HOST and run `docker context use default`",
      ),
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
  it("that another program holds fails, with its holder", async () => {
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
        status: "fail",
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
