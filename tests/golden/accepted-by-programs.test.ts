import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { check } from "../support/image-programs";

const expected = (folder: string, path: string) =>
  readFileSync(join(import.meta.dirname, folder, "expected", path), "utf8");

describe("the front end's Caddyfile", () => {
  const content = readFileSync(join(import.meta.dirname, "..", "..", "services", "web", "Caddyfile"), "utf8");

  it("is accepted by caddy validate", async () => {
    const command = "XDG_DATA_HOME=/tmp caddy validate --adapter caddyfile --config Caddyfile";
    const result = await check("caddy", { Caddyfile: content }, command);
    expect(result).toMatchObject({ exitCode: 0, output: expect.stringContaining("Valid configuration") });
  });

  it("is formatted as caddy fmt would", async () => {
    expect(await check("caddy", { Caddyfile: content }, "caddy fmt --diff Caddyfile")).toMatchObject({
      exitCode: 0,
    });
  });
});

describe.each([
  { folder: "audifi-dev", rules: 21, redisMemory: "402653184" },
  { folder: "audifi-production", rules: 21, redisMemory: "402653184" },
  // Without PostgreSQL.
  { folder: "example-dev", rules: 19, redisMemory: "100663296" },
])("$folder", ({ folder, rules, redisMemory }) => {
  it("is accepted by caddy validate", async () => {
    const files = { Caddyfile: expected(folder, "proxy/Caddyfile") };
    const result = await check(
      "caddy",
      files,
      "XDG_DATA_HOME=/tmp caddy validate --adapter caddyfile --config Caddyfile",
    );
    expect(result).toMatchObject({ exitCode: 0, output: expect.stringContaining("Valid configuration") });
  });

  it("is formatted as caddy fmt would", async () => {
    const files = { Caddyfile: expected(folder, "proxy/Caddyfile") };
    const result = await check("caddy", files, "caddy fmt --diff Caddyfile");
    expect(result).toMatchObject({ exitCode: 0 });
  });

  it("is accepted by promtool", async () => {
    const files = {
      "prometheus.yml": expected(folder, "prometheus/prometheus.yml"),
      "alerts.yml": expected(folder, "prometheus/alerts.yml"),
    };
    const result = await check("prometheus", files, "promtool check config prometheus.yml");
    expect(result).toMatchObject({ exitCode: 0, output: expect.stringContaining(`${rules} rules found`) });
  });

  it("is accepted by amtool", async () => {
    const files = { "alertmanager.yml": expected(folder, "alertmanager/alertmanager.yml") };
    const result = await check("alertmanager", files, "amtool check-config alertmanager.yml");
    expect(result).toMatchObject({ exitCode: 0, output: expect.stringContaining("SUCCESS") });
  });

  it("is accepted by redis-server, which then answers with its settings", async () => {
    const files = {
      "redis.conf": expected(folder, "redis/redis.conf"),
      "users.acl": expected(folder, "redis/users.acl"),
      password: expected(folder, "redis/redis-password"),
    };
    const command = [
      "redis-server redis.conf --aclfile /tmp/users.acl --dir /tmp --daemonize yes > /dev/null",
      "export REDISCLI_AUTH=$(cat password)",
      "until redis-cli ping 2> /dev/null | grep -q PONG; do sleep 0.1; done",
      "redis-cli config get maxmemory; redis-cli config get appendonly; redis-cli config get maxmemory-policy",
    ].join("; ");
    const result = await check("redis", files, command);
    expect(result).toEqual({
      exitCode: 0,
      output: ["maxmemory", redisMemory, "appendonly", "yes", "maxmemory-policy", "noeviction"].join("\n"),
    });
  });
});

describe("a broken file", () => {
  it("is refused by caddy validate", async () => {
    const files = {
      Caddyfile: `${expected("audifi-dev", "proxy/Caddyfile")}\nhttps://other.localhost {\n\tno_such_directive\n}\n`,
    };
    const result = await check(
      "caddy",
      files,
      "XDG_DATA_HOME=/tmp caddy validate --adapter caddyfile --config Caddyfile",
    );
    expect(result.exitCode).not.toBe(0);
  });
});
