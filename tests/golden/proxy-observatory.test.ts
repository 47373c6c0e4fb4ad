/** The security headers of production, judged by the rules of Mozilla's observatory. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Observatory, openObservatory } from "../support/observatory";
import type { ServedProxy } from "../support/served-proxy";
import { type Ports, serveSites } from "../support/served-sites";

describe("the observatory", () => {
  let served: ServedProxy;
  let ports: Ports;
  let observatory: Observatory;
  beforeAll(async () => {
    observatory = await openObservatory();
    ({ served, ports } = await serveSites({ hsts: { maxAge: "365d" } }));
  });
  afterAll(async () => {
    await served?.remove();
    await observatory?.remove();
  });

  const ask = async (hostname: string) => {
    const https = await served.https(hostname, "/");
    const http = await served.http(hostname, "/");
    const preflight = await served.https(hostname, "/", {
      method: "OPTIONS",
      headers: { origin: "https://somebody.example.com", "access-control-request-method": "GET" },
    });
    const route = [`http://${hostname}:${ports.http}/`, String(http.headers.location)];
    return { hostname, https, http, route, preflight };
  };

  it.each(["api.localhost", "app.localhost"])("gives 100 points or more: %s", async (hostname) => {
    const verdict = await observatory.judge(await ask(hostname));
    expect(verdict.failed).toEqual([]);
    expect(verdict.score).toBeGreaterThanOrEqual(100);
  });

  it.each([
    ["content-security-policy", "csp"],
    ["strict-transport-security", "strict-transport-security"],
    ["x-content-type-options", "x-content-type-options"],
  ])("finds an answer without its %s", async (header, rule) => {
    const stored = await ask("api.localhost");
    const headers = Object.fromEntries(
      Object.entries(stored.https.headers).filter(([name]) => name !== header),
    );
    const verdict = await observatory.judge({ ...stored, https: { ...stored.https, headers } });
    expect(verdict.failed).toEqual([rule]);
  });
});
