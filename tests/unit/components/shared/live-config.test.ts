import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LateFile, liveConfig } from "../../../../components/shared/live-config";
import { Secret } from "../../../../components/shared/secret";
import { isSecret, registeredBy } from "../../../support/mocks";

const host = { stack: "dev", directory: "/var/lib/backline", ssh: undefined };
const nameKey = new Secret("key of the names");

/** What the command of a live configuration is told: its script and its standard input. */
async function commandOf(late: () => readonly LateFile[] = () => [], content = "the text") {
  const all = await registeredBy("dev", () => {
    const files = [{ name: "Caddyfile", content }];
    const config = { service: "proxy", owner: "1000:1000", files, validate: "true", reload: "true" };
    return liveConfig("proxy-config", host, nameKey, config, "caddy:2", {}, late()).id;
  });
  const command = all.find(({ name }) => name === "proxy-config");
  const stdin = command?.inputs.stdin;
  if (!isSecret(stdin)) throw new Error("standard input is no secret");
  return { script: String(command?.inputs.create), input: String(Object(stdin).value) };
}

describe("a live configuration", () => {
  let directory = "";
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "backline-live-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** Runs what would run in the container, in a directory of this machine and without changing owners. */
  function write({ script, input }: { script: string; input: string }): void {
    // A quote inside of quotes, until the outer ones are off.
    const quoted = script.replaceAll("'\\''", "\u0001");
    const inner = (/-euc '([^']*)'/.exec(quoted)?.[1] ?? "").replaceAll("\u0001", "'");
    expect(inner).toContain("read -r version");
    const text = inner.replaceAll("/files", directory).replaceAll("chown", ": chown");
    execFileSync("sh", ["-euc", text], { input });
  }
  const current = (name: string) => readFileSync(join(directory, "live-proxy/current", name), "utf8");

  it("is written under a version that follows from its content, and the last one stays beside it", async () => {
    write(await commandOf());
    const first = readlinkSync(join(directory, "live-proxy/current"));
    expect([first, current("Caddyfile")]).toEqual([expect.stringMatching(/^[0-9a-f]{12}$/), "the text"]);
    write(await commandOf());
    expect(readlinkSync(join(directory, "live-proxy/current"))).toBe(first);
    write(await commandOf(undefined, "another text"));
    expect(current("Caddyfile")).toBe("another text");
    expect(readdirSync(join(directory, "live-proxy"))).toContain(first);
  });

  it("has files whose content comes from other resources, and is another version with other content", async () => {
    const certificate = (content: string) => () => [
      { name: "certificate.pem", content: pulumi.output(content) },
    ];
    const first = await commandOf(certificate("the first"));
    write(first);
    expect([current("Caddyfile"), current("certificate.pem")]).toEqual(["the text", "the first"]);
    const second = await commandOf(certificate("the second"));
    expect(second.script).toBe(first.script);
    write(second);
    expect(current("certificate.pem")).toBe("the second");
    expect(existsSync(join(directory, "live-proxy/next"))).toBe(false);
  });
});
