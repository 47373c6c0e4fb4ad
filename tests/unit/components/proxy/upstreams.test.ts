import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { planUpstreams, routeScript, upstreamAddresses } from "../../../../components/proxy/upstreams";

const api = { containers: ["dev-api-0-aaaa", "dev-api-1-bbbb"], port: 3000 };
const ws = { containers: ["dev-ws-0-cccc"], port: 3001 };

it("has Caddy read each replica's name from the file of its slot", () => {
  expect(upstreamAddresses("api", api)).toEqual([
    "{file./etc/caddy/upstreams/api-0}:3000",
    "{file./etc/caddy/upstreams/api-1}:3000",
  ]);
  expect(planUpstreams({ api, ws })).toEqual({
    "api-0": "dev-api-0-aaaa",
    "api-1": "dev-api-1-bbbb",
    "ws-0": "dev-ws-0-cccc",
  });
});

it("gives the same addresses whatever the containers are called: a deploy does not change the configuration", () => {
  const next = { ...api, containers: ["dev-api-0-dddd", "dev-api-1-eeee"] };
  expect(upstreamAddresses("api", next)).toEqual(upstreamAddresses("api", api));
});

let files: string;
beforeEach(() => {
  files = mkdtempSync(join(tmpdir(), "backline-upstreams-"));
});
afterEach(() => rmSync(files, { recursive: true }));

const run = (upstreams: Record<string, string>): Record<string, string> => {
  execFileSync("sh", ["-euc", routeScript(upstreams).replaceAll("/files", files)]);
  const folder = join(files, "upstreams");
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );
};

it("writes the names without a line's end, replaces them, and keeps a slot that is no more", () => {
  expect(run({ "api-0": "one", "api-1": "two" })).toEqual({ "api-0": "one", "api-1": "two" });
  expect(run({ "api-0": "three" })).toEqual({ "api-0": "three", "api-1": "two" });
});
