import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { contentSecurityPolicy, permissionsPolicy } from "../../../../components/frontend/headers";
import { renderOutputConfig } from "../../../../components/frontend/routes";
import { cluster, clusterPlan, frontEndOf, production, staging } from "../../../support/front-end-plans";
import { phasesOf, routeRequest } from "../../../support/vercel-router";

const files = ["/index.html", "/config.json", "/stale.js", "/favicon.svg", "/assets/index-1a2b.js"];
const { routes } = renderOutputConfig(cluster);
const ask = (path: string, host = "audifi.io") => routeRequest(routes, files, { host, path });
const answer = (path: string, host?: string) => {
  const { status, from, headers } = ask(path, host);
  return [status, from, headers["Cache-Control"]];
};

describe("what Vercel answers", () => {
  it.each([
    ["the start page", "/", [200, "/index.html", "no-cache"]],
    ["every other page", "/rooms/7", [200, "/index.html", "no-cache"]],
    ["where the platform is", "/config.json", [200, "/config.json", "no-cache"]],
    [
      "a script for good",
      "/assets/index-1a2b.js",
      [200, "/assets/index-1a2b.js", "public, max-age=31536000, immutable"],
    ],
    [
      "a script of an earlier release by one that loads the page again",
      "/assets/index-0000.js",
      [200, "/stale.js", "no-store"],
    ],
    ["no other asset that is not there", "/assets/index-0000.css", [404, undefined, "no-store"]],
    [
      "the API from the host, path and all",
      "/api/rooms/7",
      [200, "https://api.audifi.io/api/rooms/7", undefined],
    ],
    ["the API's start from the host", "/api", [200, "https://api.audifi.io/api", undefined]],
    ["what only begins like the API as a page", "/apiary", [200, "/index.html", "no-cache"]],
  ])("is %s", (_what, path, expected) => {
    expect(answer(path)).toEqual(expected);
  });

  it("has the security headers of the proxy, and the API's answers their own", () => {
    const { "Cache-Control": _, ...headers } = ask("/").headers;
    expect(headers).toEqual({
      "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
      "Content-Security-Policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' https://api.audifi.io wss://ws.audifi.io; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
      "X-Content-Type-Options": "nosniff",
      "X-Frame-Options": "DENY",
      "Referrer-Policy": "strict-origin-when-cross-origin",
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Resource-Policy": "same-origin",
    });
    expect(ask("/api/rooms").headers).toEqual({});
  });

  it("has a site's own policy on that site alone", () => {
    const policy = (host: string) => ask("/", host).headers["Content-Security-Policy"];
    expect(policy("app.audifi.io")).toBe("default-src 'self'");
    expect(policy("audifi.io")).toContain("default-src 'none'");
    expect(policy("audifi-frontend.vercel.app")).toContain("default-src 'none'");
  });

  it("sends on to the API on the site alone that routes to it", () => {
    const [home, app] = cluster.sites;
    if (home === undefined || app === undefined) throw new Error("there are two");
    const { routes: some } = renderOutputConfig({ ...cluster, sites: [home, { ...app, rewrites: [] }] });
    const from = (host: string) => routeRequest(some, files, { host, path: "/api/rooms" }).from;
    expect([from("audifi.io"), from("app.audifi.io")]).toEqual([
      "https://api.audifi.io/api/rooms",
      "/index.html",
    ]);
  });

  it("prefers the longer of two paths", () => {
    const [home] = cluster.sites;
    if (home === undefined) throw new Error("there is one");
    const rewrites = [...home.rewrites, { path: "/api/v2.1", origin: "https://next.audifi.io" }];
    const { routes: some } = renderOutputConfig({ ...cluster, sites: [{ ...home, rewrites }] });
    const from = (path: string) => routeRequest(some, files, { host: "audifi.io", path }).from;
    expect([from("/api/v2.1/x"), from("/api/v2x1/x")]).toEqual([
      "https://next.audifi.io/api/v2.1/x",
      "https://api.audifi.io/api/v2x1/x",
    ]);
  });

  it.each([
    ["AudiFi in production", () => frontEndOf(production, "production")],
    ["AudiFi's staging", () => frontEndOf(staging, "staging")],
    ["a cluster", () => clusterPlan()],
  ])("is taken by Vercel's own check for %s", (_name, plan) => {
    const { before, behind } = phasesOf(JSON.parse(plan().output.config).routes);
    expect([before.length > 1, behind.length]).toEqual([true, 3]);
  });

  it("would be refused by that check if it were wrong", () => {
    expect(() => phasesOf([...routes, { src: "^/($" }])).toThrow(/at index 8 has invalid `src`/);
    expect(() => phasesOf([...routes, { handle: "filesystem" }])).toThrow(/is a duplicate/);
  });

  it("says of browsers what the Caddyfile says on the host", () => {
    const caddyfile = readFileSync(
      join(import.meta.dirname, "..", "..", "..", "..", "services", "web", "Caddyfile"),
      "utf8",
    );
    expect(caddyfile).toContain(
      `Content-Security-Policy "${contentSecurityPolicy("{$API_URL}", "{$SOCKET_ORIGIN}")}"`,
    );
    expect(caddyfile).toContain(`Permissions-Policy "${permissionsPolicy}"`);
  });
});
