import { describe, expect, it } from "vitest";
import { renderCaddyfile } from "../../../../components/proxy";
import { cloudflareRanges } from "../../../../components/shared/cloudflare";
import { planOf } from "../../../support/plans";
import { apiSite, apiUpstream, routingOf } from "../../../support/proxy-settings";

/** The blocks that begin with a word, whole. */
function blocks(text: string, word: string): string[] {
  const lines = text.split("\n");
  return lines.flatMap((line, start) => {
    const [indent = ""] = /^\t*/.exec(line) ?? [];
    if (!line.startsWith(`${indent}${word} `) || !line.endsWith("{")) return [];
    const end = lines.indexOf(`${indent}}`, start);
    return [lines.slice(start, end + 1).join("\n")];
  });
}

describe("renderCaddyfile", () => {
  it("gives equal text for equal settings", () => {
    expect(renderCaddyfile(routingOf())).toBe(renderCaddyfile(routingOf()));
  });

  it("keeps the WebSockets of every route over a reload, none of which has a limit of its body", () => {
    const plan = planOf("config:\n  backline:proxy: { certificates: internal, streamCloseDelay: 2h }\n");
    const text = String(plan.proxy.config.files[0]?.content);
    const proxies = blocks(text, "reverse_proxy");
    expect(proxies).toHaveLength(5);
    expect(proxies.filter((block) => block.includes("stream_close_delay 7200s"))).toHaveLength(5);
    expect(text).toContain("@limited_body not method CONNECT");
    expect(blocks(text, "request_body @limited_body")).toHaveLength(5);
    expect(text.match(/^\t+request_body/gm)).toHaveLength(5);
  });

  it("believes Cloudflare's ranges from the right, and tells services the client alone", () => {
    const text = renderCaddyfile(routingOf({ trustedProxies: ["cloudflare", "192.0.2.0/24"] }));
    const { ipv4, ipv6 } = cloudflareRanges;
    expect(text).toContain(`\t\ttrusted_proxies static ${[...ipv4, ...ipv6, "192.0.2.0/24"].join(" ")}\n`);
    expect(text).toContain("\t\ttrusted_proxies_strict\n\t\tclient_ip_headers X-Forwarded-For\n");
    expect(text).toContain("header_up X-Forwarded-For {client_ip}\n");
  });

  it("believes nobody when nobody is trusted", () => {
    const text = renderCaddyfile(routingOf());
    expect(text).not.toMatch(/trusted_proxies|client_ip|X-Forwarded-For/);
  });

  it("names the published port to who is redirected to a site of its own, and none to others", () => {
    const redirects = [
      { from: "www.example.com", to: "api.example.com" },
      { from: "old.example.com", to: "example.net" },
    ];
    const text = renderCaddyfile(routingOf({ httpsPort: 8443, redirects }));
    expect(text).toContain("redir https://api.example.com:8443{uri} 308\n");
    expect(text).toContain("redir https://example.net{uri} 308\n");
  });

  it("leaves the proxy's own health endpoint open during maintenance", () => {
    const text = renderCaddyfile(routingOf({ maintenance: true }));
    expect(text).toContain("http://:2020 {\n\tmetrics /metrics\n\trespond /health 200\n}\n");
    expect(text).not.toContain("reverse_proxy");
  });

  it("throws for a route to what is no service", () => {
    const sites = [{ ...apiSite, routes: [{ path: "/", service: "apj" }] }];
    expect(() => renderCaddyfile(routingOf({}, { sites, upstreams: { api: apiUpstream } }))).toThrow(
      "a site routes to apj, which is no service",
    );
  });
});
