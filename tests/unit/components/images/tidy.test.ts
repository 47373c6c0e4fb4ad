import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { removeScript, tidyScript } from "../../../../components/images/tidy";

/** `docker` with eight releases of one service and one of another, newest first; the sixth is in use. */
const fakeDocker = `#!/bin/sh
case "$*" in
  *"label=backline.stack=staging --format {{.Repository}}") printf '%s\\n' r/api r/api r/api r/api r/api r/ws '<none>' ;;
  *"{{.Tag}} r/api") printf 'r/api:%s\\n' 8 7 6 5 4 3 2 1 ;;
  *"{{.Tag}} r/ws") echo r/ws:1 ;;
  *"--quiet --filter label=backline.stack=staging") printf '%s\\n' b a b ;;
  "image ls"*) exit 1 ;;
  "image rm r/api:3") echo conflict >&2; exit 1 ;;
  *) echo "$*" >> "$LOG" ;;
esac
`;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "backline-tidy-"));
  writeFileSync(join(folder, "docker"), fakeDocker);
  chmodSync(join(folder, "docker"), 0o755);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function calls(script: string): Promise<string[]> {
  const log = join(folder, "log");
  writeFileSync(log, "");
  const result = await execa("sh", ["-euc", script], {
    env: { LOG: log, PATH: `${folder}:${process.env.PATH}` },
    reject: false,
  });
  expect(result).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
  return readFileSync(log, "utf8").trim().split("\n");
}

describe("the images of earlier releases", () => {
  it("go, but for the newest five of a service, those in use and those that are named", async () => {
    expect(await calls(tidyScript("staging", ["r/api:2", "r/ws:1"]))).toEqual([
      "image rm r/api:1",
      "image prune --force --filter label=backline.stack=staging",
    ]);
  });

  it("go all with the stack", async () => {
    expect(await calls(removeScript("staging"))).toEqual(["image rm --force a b"]);
  });

  it("are no matter where there is no Docker", async () => {
    const { exitCode } = await execa("/bin/sh", ["-euc", removeScript("staging")], {
      env: { PATH: "/nowhere" },
      extendEnv: false,
      reject: false,
    });
    expect(exitCode).toBe(0);
  });
});
