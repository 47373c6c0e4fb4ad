import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  controlPath,
  type SshAccess,
  sshCommand,
  sshFunctions,
  urlHost,
} from "../../../../components/shared/ssh";

const access: SshAccess = {
  address: "203.0.113.10",
  user: "ops",
  port: 2222,
  hostKey: "ssh-ed25519 AAAA",
  identityFile: "~/.ssh/id_ed25519",
  first: { user: "root", port: 22 },
};

const optionsOf = (words: readonly string[]): string[] => words.filter((_word, at) => words[at - 1] === "-o");

describe("sshCommand", () => {
  it("accepts the pinned key alone, of its own kind, and asks nothing", () => {
    expect(optionsOf(sshCommand(access, "shared"))).toEqual(
      expect.arrayContaining([
        "BatchMode=yes",
        "StrictHostKeyChecking=yes",
        "UserKnownHostsFile=/dev/null",
        "GlobalKnownHostsFile=/dev/null",
        "KnownHostsCommand=/bin/echo %H ssh-ed25519 AAAA",
        "HostKeyAlgorithms=ssh-ed25519",
      ]),
    );
    expect(optionsOf(sshCommand({ ...access, hostKey: "ssh-rsa AAAA" }, "shared"))).toContain(
      "HostKeyAlgorithms=rsa-sha2-512,rsa-sha2-256",
    );
  });

  it("accepts no key while none is pinned", () => {
    const options = optionsOf(sshCommand({ ...access, hostKey: undefined }, "first"));
    expect(options).toContain("StrictHostKeyChecking=yes");
    expect(options.filter((option) => option.startsWith("KnownHostsCommand"))).toEqual([]);
  });

  it("leaves the choice of the private key to ssh unless one is named", () => {
    const named = ["IdentityFile=~/.ssh/id_ed25519", "IdentitiesOnly=yes"];
    expect(optionsOf(sshCommand(access, "shared"))).toEqual(expect.arrayContaining(named));
    const free = optionsOf(sshCommand({ ...access, identityFile: undefined }, "shared"));
    expect(free.filter((option) => option.startsWith("Identit"))).toEqual([]);
  });

  it("shares a connection as the user, and proves that a new one can be made without it", () => {
    for (const connection of ["shared", "first"] as const)
      expect(optionsOf(sshCommand(access, connection))).toEqual(
        expect.arrayContaining(["ControlMaster=auto", `ControlPath=${controlPath(access, connection)}`]),
      );
    expect(optionsOf(sshCommand(access, "fresh"))).toEqual(
      expect.arrayContaining(["ControlMaster=no", "ControlPath=none"]),
    );
    expect(sshCommand(access, "fresh", "true").slice(-6)).toEqual([
      ...["-p", "2222", "-l", "ops", "203.0.113.10", "true"],
    ]);
    expect(sshCommand(access, "first").slice(-5)).toEqual(["-p", "22", "-l", "root", "203.0.113.10"]);
  });
});

describe("controlPath", () => {
  it("is another one for another key, user or place, since an open connection checks none of them again", () => {
    const others: Partial<SshAccess>[] = [
      { hostKey: "ssh-ed25519 BBBB" },
      { identityFile: undefined },
      { user: "root" },
      { port: 22 },
      { address: "203.0.113.11" },
    ];
    const paths = [access, ...others.map((other) => ({ ...access, ...other }))]
      .map((one) => controlPath(one, "shared"))
      .concat(controlPath(access, "first"));
    expect(new Set(paths).size).toBe(paths.length);
    expect(paths.every((path) => /^~\/\.ssh\/backline-[0-9a-f]{16}$/.test(path))).toBe(true);
  });
});

describe("urlHost", () => {
  it("puts an IPv6 address in brackets", () => {
    expect([urlHost("203.0.113.10"), urlHost("2001:db8::1")]).toEqual(["203.0.113.10", "[2001:db8::1]"]);
  });
});

describe("sshFunctions", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "backline-ssh-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs a script whose `ssh` answers as given, and whose `sleep` takes no time. */
  async function run(ssh: string, script: string) {
    writeFileSync(join(folder, "ssh"), `#!/bin/sh\necho called >> ${folder}/calls\n${ssh}\n`, {
      mode: 0o755,
    });
    writeFileSync(join(folder, "sleep"), "#!/bin/sh\n", { mode: 0o755 });
    const { exitCode, stdout, stderr } = await execa(
      "sh",
      ["-c", ["set -eu", sshFunctions(access), script].join("\n")],
      { reject: false, env: { PATH: `${folder}:${process.env.PATH}`, HOME: folder } },
    );
    return { exitCode, stdout, stderr };
  }
  const reach = "reach on_host || unreachable ops@203.0.113.10:2222; echo reached";

  it.each([
    [
      "another key",
      "Host key verification failed.",
      "backline: ops@203.0.113.10:2222 shows another key than host.hostKey; if the host was built anew, run ./backline host trust, and if not, somebody may stand in between",
    ],
    [
      "a key that is not let in",
      "ops@203.0.113.10: Permission denied (publickey).",
      "backline: ops@203.0.113.10:2222 does not let this key in (ops@203.0.113.10: Permission denied (publickey).); load the right one into the SSH agent or name it in host.identityFile",
    ],
    [
      "no answer",
      "ssh: connect to host 203.0.113.10 port 2222: Connection timed out",
      "backline: there is no SSH connection to ops@203.0.113.10:2222 (ssh: connect to host 203.0.113.10 port 2222: Connection timed out); see whether the host is up and host.address and host.port are right",
    ],
  ])("say at once what %s means", async (_what, words, sentence) => {
    expect(
      await run(`printf '%s\\r\\n' '${words}' >&2; exit 255`, `${reach}; wc -l < ${folder}/calls`),
    ).toEqual({
      exitCode: 4,
      stdout: "",
      stderr: sentence,
    });
  });

  it("try again where the host may be starting", async () => {
    const refused = `[ "$(wc -l < ${folder}/calls)" -ge 3 ] || { echo 'Connection refused' >&2; exit 255; }`;
    expect(await run(refused, `${reach}; wc -l < ${folder}/calls`)).toEqual({
      exitCode: 0,
      stdout: "reached\n3",
      stderr: "",
    });
  });

  it("give up in the end", async () => {
    const { exitCode, stderr } = await run("echo 'Connection refused' >&2; exit 255", reach);
    expect([exitCode, stderr]).toEqual([4, expect.stringContaining("(Connection refused)")]);
  });
});
