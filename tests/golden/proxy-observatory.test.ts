/** The security headers of production, judged by the rules of Mozilla's observatory. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderCaddyfile } from "../../components/proxy";
import { type Observatory, openObservatory } from "../support/observatory";
import { type Production, serveProduction } from "../support/served-production";

describe("the observatory", () => {
  let production: Production;
  let observatory: Observatory;
  beforeAll(async () => {
    observatory = await openObservatory();
    production = await serveProduction();
  });
  afterAll(async () => {
    await production?.remove();
    await observatory?.remove();
  });

  const ask = async (hostname: string) => {
    const { served } = production;
    const https = await served.https(hostname, "/");
    const http = await served.http(hostname, "/");
    const preflight = await served.https(hostname, "/", {
      method: "OPTIONS",
      headers: { origin: "https://somebody.example.com", "access-control-request-method": "GET" },
    });
    const route = [`http://${hostname}/`, String(http.headers.location)];
    return { hostname, https, http, route, preflight };
  };

  it("judges what production renders, but for the certificate", () => {
    const golden = readFileSync(
      join(import.meta.dirname, "audifi-production", "expected", "proxy", "Caddyfile"),
      "utf8",
    );
    const rendered = renderCaddyfile(production.routing).replace(/tls \S+ \S+ \{/, "tls {");
    // Each configuration has a socket for itself.
    const socket = /unix\S+/;
    const [name = ""] = socket.exec(rendered) ?? [];
    expect(rendered).toBe(golden.replace(/\temail .*\n/, "").replace(socket, name));
  });

  it.each(["api.audifi.io", "app.audifi.io", "studio.audifi.io"])(
    "gives 100 points or more: %s",
    async (hostname) => {
      const verdict = await observatory.judge(await ask(hostname));
      expect(verdict.failed).toEqual([]);
      expect(verdict.score).toBeGreaterThanOrEqual(100);
    },
  );

  it.each([
    ["content-security-policy", "csp"],
    ["strict-transport-security", "strict-transport-security"],
    ["x-content-type-options", "x-content-type-options"],
  ])("finds an answer without its %s", async (header, rule) => {
    const stored = await ask("api.audifi.io");
    const headers = Object.fromEntries(
      Object.entries(stored.https.headers).filter(([name]) => name !== header),
    );
    const verdict = await observatory.judge({ ...stored, https: { ...stored.https, headers } });
    expect(verdict.failed).toEqual([rule]);
  });
});
