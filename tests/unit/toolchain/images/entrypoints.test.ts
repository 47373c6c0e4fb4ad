import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { imageFolder } from "../../../../toolchain/images/keys";

let folder: string;

/** Programs in front of the real ones, so that the entrypoints can be run outside an image. */
const stubs: Readonly<Record<string, string>> = {
  id: "echo 999",
  node: 'echo node "$@"',
  postgres: 'echo postgres "$@"',
  "redis-server": 'echo redis-server "$@"; umask',
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "backline-entrypoints-"));
  mkdirSync(join(folder, "bin"));
  for (const [name, body] of Object.entries(stubs)) {
    writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(folder, "bin", name), 0o755);
  }
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function enter(image: string, args: readonly string[], env: Record<string, string> = {}) {
  const entrypoint = join(imageFolder(image), "docker-entrypoint.sh");
  const result = await execa(entrypoint, args, {
    cwd: folder,
    extendEnv: false,
    env: { PATH: `${join(folder, "bin")}:/usr/bin:/bin`, ...env },
    reject: false,
  });
  return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr };
}

describe("the entrypoint of redis", () => {
  it("turns protected mode off where the configuration does not say, as the official build", async () => {
    writeFileSync(join(folder, "plain.conf"), "port 6379\n");
    expect((await enter("redis", ["redis-server", "plain.conf"])).stdout).toBe(
      "redis-server plain.conf --protected-mode no\n0077",
    );
    expect((await enter("redis", ["redis-server"])).stdout).toBe("redis-server --protected-mode no\n0077");
  });

  it("obeys a configuration that says", async () => {
    writeFileSync(join(folder, "strict.conf"), "protected-mode yes\n");
    expect((await enter("redis", ["redis-server", "strict.conf"])).stdout).toBe(
      "redis-server strict.conf\n0077",
    );
    expect((await enter("redis", ["redis-server", "--protected-mode", "yes"])).stdout).toBe(
      "redis-server --protected-mode yes\n0077",
    );
  });

  it("takes options and a configuration without the server's name, and runs any other command", async () => {
    expect((await enter("redis", ["--port", "7000"])).stdout).toBe(
      "redis-server --port 7000 --protected-mode no\n0077",
    );
    expect((await enter("redis", ["echo", "hello"])).stdout).toBe("hello");
  });
});

describe("the entrypoint of node", () => {
  it("gives node its options and scripts, and runs programs as they are", async () => {
    writeFileSync(join(folder, "app.js"), "");
    expect((await enter("node", ["--version"])).stdout).toBe("node --version");
    expect((await enter("node", ["app.js"])).stdout).toBe("node app.js");
    expect((await enter("node", ["node", "app.js"])).stdout).toBe("node app.js");
    expect((await enter("node", ["echo", "hello"])).stdout).toBe("hello");
  });
});

describe("the entrypoint of postgres", () => {
  it("only runs what asks for information or is another program", async () => {
    expect((await enter("postgres", ["postgres", "--version"])).stdout).toBe("postgres --version");
    expect((await enter("postgres", ["-V"])).stdout).toBe("postgres -V");
    expect((await enter("postgres", ["echo", "hello"])).stdout).toBe("hello");
  });
});
