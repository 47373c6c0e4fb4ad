import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gateScript } from "../../../components/shared/gate";

/** Runs the gate's script against a `docker` that answers as `inspect` and `exec` say. */
describe("gateScript", () => {
  let directory = "";
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "backline-gate-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  async function run(docker: { inspect: string; exec: string }, timeout = 30) {
    const stub = `#!/bin/sh\ncase "$1" in\ninspect) ${docker.inspect} ;;\nexec) ${docker.exec} ;;\nlogs) echo "the log" ;;\nesac\n`;
    writeFileSync(join(directory, "docker"), stub);
    chmodSync(join(directory, "docker"), 0o755);
    const script = `set -eu\n${gateScript({ container: "dev-api-0-abc", probe: ["node", "/app/probe.cjs", "ready"], timeout })}`;
    const env = { PATH: `${directory}:${process.env.PATH ?? ""}` };
    const { exitCode, stderr } = await execa("sh", ["-c", script], { env, reject: false });
    return { exitCode, stderr };
  }

  it("ends well when the probe answers", async () => {
    expect(await run({ inspect: 'echo "running 0 0"', exec: "exit 0" })).toEqual({ exitCode: 0, stderr: "" });
  });

  it("asks again until the probe answers", async () => {
    const exec = `if [ -e ${join(directory, "asked")} ]; then exit 0; else touch ${join(directory, "asked")}; exit 1; fi`;
    expect(await run({ inspect: 'echo "running 0 0"', exec })).toEqual({ exitCode: 0, stderr: "" });
  });

  it("ends at once with the log when the container has exited", async () => {
    expect(await run({ inspect: 'echo "exited 0 3"', exec: "exit 1" })).toEqual({
      exitCode: 1,
      stderr: "dev-api-0-abc is exited (exit code 3)\nlast lines of its log:\nthe log",
    });
  });

  it("ends at once when the container keeps starting over", async () => {
    const inspect = `n=$(cat ${join(directory, "n")} 2>/dev/null || echo 0); echo $((n+1)) > ${join(directory, "n")}; echo "restarting $n 1"`;
    expect(await run({ inspect, exec: "exit 1" })).toEqual({
      exitCode: 1,
      stderr: "dev-api-0-abc keeps starting over (exit code 1)\nlast lines of its log:\nthe log",
    });
  });

  it("does not hold restarts of the past against a container that answers", async () => {
    expect(await run({ inspect: 'echo "running 4 0"', exec: "exit 0" })).toEqual({ exitCode: 0, stderr: "" });
  });

  it("says that the container is gone", async () => {
    expect(await run({ inspect: "exit 1", exec: "exit 1" })).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("dev-api-0-abc is gone"),
    });
  });

  it("gives the probe's last answer when the time is up", async () => {
    expect(await run({ inspect: 'echo "running 0 0"', exec: "echo 503 postgres; exit 1" }, 1)).toEqual({
      exitCode: 1,
      stderr: "dev-api-0-abc was not ready within 1 s: 503 postgres\nlast lines of its log:\nthe log",
    });
  });
});
