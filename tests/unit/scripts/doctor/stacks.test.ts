import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fail, ok, warn } from "../../../../scripts/operations/doctor/finding";
import { checkPassphrase } from "../../../../scripts/operations/doctor/passphrases";
import { checkStacks } from "../../../../scripts/operations/doctor/stacks";
import { fitsPassphrase } from "../../../../scripts/operations/passphrase";
import { projectPaths } from "../../../../scripts/operations/project";

/** What Pulumi has written for a passphrase that is made up. */
const passphrase = "correct horse battery staple";
const salt = "v1:OlYEdf8bA4I=:v1:vmMmVUs6Se/x6XCi:+Rf+q9Z+YU9Vu1lfG/VkfJgrZB52zw==";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "backline-doctor-"));
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", undefined);
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE_FILE", undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

function write(path: string, text: string, mode = 0o600): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode });
  return path;
}

const initialised = () => write(join(root, "Pulumi.qa.yaml"), `encryptionsalt: ${salt}\n`);
const keep = (text: string) => write(projectPaths(root).passphrase("qa"), text);

describe("fitsPassphrase", () => {
  it("tells the passphrase of a stack by what Pulumi keeps to know it by", async () => {
    expect(await fitsPassphrase(passphrase, salt)).toBe(true);
    expect(await fitsPassphrase(`${passphrase}s`, salt)).toBe(false);
  });

  it("says nothing of a form that it does not know", async () => {
    expect(await fitsPassphrase(passphrase, "v2:abc")).toBeUndefined();
  });
});

describe("the passphrase of a stack", () => {
  it("is not there before init", async () => {
    write(join(root, "Pulumi.qa.yaml"), "config: {}\n");
    expect(await checkStacks(root)).toEqual([ok("passphrase of qa", "none yet; init makes it")]);
  });

  it("that is missing is a warning, with where it belongs", async () => {
    initialised();
    expect(await checkStacks(root)).toEqual([
      warn(
        "passphrase of qa",
        "not on this machine",
        `put it into ${projectPaths(root).passphrase("qa")}, mode 0600; previews work without`,
      ),
    ]);
  });

  it("that is the right one is told, also with a line break behind it", async () => {
    initialised();
    keep(`${passphrase}\n`);
    expect(await checkStacks(root)).toEqual([ok("passphrase of qa", "there, mode 0600")]);
  });

  it("that is another stack's fails", async () => {
    initialised();
    const path = keep("another");
    expect(await checkStacks(root)).toEqual([
      fail(
        "passphrase of qa",
        `the one in ${path} does not fit Pulumi.qa.yaml`,
        "put the right one there; without it the stack's secrets are lost",
      ),
    ]);
  });

  it("that others may read fails", async () => {
    initialised();
    const path = keep(passphrase);
    chmodSync(path, 0o640);
    expect(await checkStacks(root)).toEqual([
      fail("passphrase of qa", "others may read it: mode 0640", `chmod 600 ${path}`),
    ]);
  });

  it("that the environment gives is held against the stack too", async () => {
    initialised();
    const check = (user: NodeJS.ProcessEnv) => checkPassphrase(root, "qa", user);
    expect(await check({ PULUMI_CONFIG_PASSPHRASE: passphrase })).toEqual(
      ok("passphrase of qa", "given by the environment"),
    );
    expect(await check({ PULUMI_CONFIG_PASSPHRASE: "another" })).toEqual(
      warn(
        "passphrase of qa",
        "the one that the environment gives does not fit Pulumi.qa.yaml",
        "set PULUMI_CONFIG_PASSPHRASE_FILE to the right one before you work on this stack",
      ),
    );
    const nowhere = join(root, "nowhere");
    expect(await check({ PULUMI_CONFIG_PASSPHRASE_FILE: nowhere })).toEqual(
      fail(
        "passphrase of qa",
        `PULUMI_CONFIG_PASSPHRASE_FILE names ${nowhere}, which is not there`,
        "name the file that holds it, or unset the variable",
      ),
    );
  });
});

describe("the locks of a stack", () => {
  const holder = (pid: number, machine = hostname()) =>
    JSON.stringify({ pid, username: "ada", hostname: machine, timestamp: "2030-01-31T12:00:00.123Z" });
  const lock = (text: string) => write(join(projectPaths(root).stackLocks("qa"), "one.json"), text);
  const locks = async () => (await checkStacks(root)).slice(1);
  beforeEach(() => {
    write(join(root, "Pulumi.qa.yaml"), "config: {}\n");
  });

  it("are told with who works on it", async () => {
    lock(holder(process.pid));
    expect(await locks()).toEqual([
      warn(
        "lock of qa",
        `ada@${hostname()} works on it (process ${process.pid}, since 2030-01-31T12:00:00Z)`,
        `wait for it; if it hangs, kill ${process.pid} ends it`,
      ),
    ]);
  });

  it("are told of a run of Backline's own", async () => {
    write(
      projectPaths(root).lock("qa"),
      JSON.stringify({ ...JSON.parse(holder(process.pid)), command: "up qa" }),
    );
    expect(await locks()).toEqual([
      warn(
        "lock of qa",
        `ada@${hostname()} runs "up qa" (process ${process.pid}, since 2030-01-31T12:00:00Z)`,
        `wait for it; if it hangs, kill ${process.pid} ends it`,
      ),
    ]);
  });

  it("of another machine are believed", async () => {
    lock(holder(4711, "elsewhere"));
    expect(await locks()).toEqual([
      warn(
        "lock of qa",
        "ada@elsewhere works on it (process 4711, since 2030-01-31T12:00:00Z)",
        "wait for it; if it is gone from there, run: pulumi cancel qa",
      ),
    ]);
  });

  it("that a killed run has left go with the next up", async () => {
    const dead = Number(execFileSync("sh", ["-c", "echo $$"], { encoding: "utf8" }));
    lock(holder(dead));
    expect(await locks()).toEqual([
      warn("lock of qa", `left by process ${dead}, which is gone`, "./backline up qa removes it"),
    ]);
  });

  it("that cannot be read are told with their file", async () => {
    const path = lock("{");
    expect(await locks()).toEqual([warn("lock of qa", `${path} cannot be read`, "pulumi cancel qa")]);
  });
});
