import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { planProxy } from "../../../../components/proxy";
import { reveal } from "../../../../components/shared/files";
import { Secret } from "../../../../components/shared/secret";
import { apiUpstream, routingOf } from "../../../support/proxy-settings";

function planned(
  proxy: Record<string, unknown>,
  { sticky = false, originPulls = false, nameKey = "key of the names" } = {},
) {
  return planProxy({
    stack: "dev",
    host: { stack: "dev", directory: "/var/lib/backline", ssh: undefined },
    nameKey: new Secret(nameKey),
    networks: { edge: "dev-edge", data: "dev-data", monitoring: "dev-monitoring" },
    memory: 256,
    cpu: 0.25,
    imageReference: "caddy:2",
    ...routingOf(proxy, { upstreams: { api: { ...apiUpstream, sticky } }, originPulls }),
  });
}

const files = (plan: ReturnType<typeof planned>) =>
  Object.fromEntries(plan.config.files.map(({ name, content }) => [name, content]));

describe("planProxy", () => {
  const given = { certificates: "files", certificate: "the certificate", certificateKey: "the key of it" };

  it("hands a given key over as a secret file that is named by its certificate", () => {
    const { Caddyfile, ...others } = files(planned(given));
    const [certificate = "", key = ""] = Object.keys(others);
    expect([certificate, key]).toEqual([
      expect.stringMatching(/^certificate-[0-9a-f]{10}\.pem$/),
      certificate.replace("certificate-", "certificate-key-"),
    ]);
    expect(others[certificate]).toBe("the certificate");
    expect(others[key]).toBeInstanceOf(Secret);
    expect(String(Caddyfile)).toContain(
      `tls {$LIVE_DIRECTORY:/etc/caddy/live/current}/${certificate} {$LIVE_DIRECTORY:/etc/caddy/live/current}/${key} {`,
    );
    expect(JSON.stringify(planned(given))).not.toContain("the key of it");
  });

  it("renders another Caddyfile for another certificate, or the reload would change nothing", () => {
    const other = { ...given, certificate: "a newer certificate" };
    expect(files(planned(other)).Caddyfile).not.toBe(files(planned(given)).Caddyfile);
  });

  it("keeps the secret of a sticky service's cookie out of the Caddyfile", () => {
    const { Caddyfile, ...others } = files(planned({}, { sticky: true }));
    expect(Object.keys(others)).toEqual(["sticky-api.caddy"]);
    const policy = others["sticky-api.caddy"];
    expect(policy).toBeInstanceOf(Secret);
    const text = reveal(policy ?? "");
    expect(text).toMatch(/^lb_policy cookie backline_api [0-9a-f]{64} \{\n\tfallback least_conn\n\}\n$/);
    expect(String(Caddyfile)).toContain(
      "import {$LIVE_DIRECTORY:/etc/caddy/live/current}/sticky-api.caddy\n",
    );
    const elsewhere = files(planned({}, { sticky: true, nameKey: "another key" }))["sticky-api.caddy"];
    expect(reveal(elsewhere ?? "")).not.toBe(text);
  });

  it("has the new files checked where they are, before the running ones are replaced", () => {
    expect(planned(given).config.validate).toContain('LIVE_DIRECTORY="$dir" ');
  });

  it("waits for an origin certificate, whose files keep their names, so that Caddy is told to take them up anew", () => {
    const plan = planned({ certificates: "cloudflare" });
    expect(Object.keys(files(plan))).toEqual(["Caddyfile"]);
    expect(String(files(plan).Caddyfile)).toContain(
      "tls {$LIVE_DIRECTORY:/etc/caddy/live/current}/origin-certificate.pem {$LIVE_DIRECTORY:/etc/caddy/live/current}/origin-certificate-key.pem {",
    );
    expect(plan.config.reload).toContain("caddy reload --force ");
    expect(planned({}).config.reload).toContain("caddy reload --adapter ");
  });

  it("takes clients with Cloudflare's certificate alone where that is wanted", () => {
    const { Caddyfile, ...others } = files(planned({}, { originPulls: true }));
    const [[name = "", content] = []] = Object.entries(others);
    expect(name).toMatch(/^origin-pull-[0-9a-f]{10}\.pem$/);
    expect(String(Caddyfile)).toContain(
      `\tclient_auth {\n\t\t\tmode require_and_verify\n\t\t\ttrust_pool file {$LIVE_DIRECTORY:/etc/caddy/live/current}/${name}\n\t\t}\n`,
    );
    const authority = new X509Certificate(reveal(content ?? ""));
    expect(authority.subject).toContain("CN=origin-pull.cloudflare.net");
    expect([authority.ca, authority.verify(authority.publicKey)]).toEqual([true, true]);
    expect(String(files(planned({})).Caddyfile)).not.toContain("client_auth");
  });
});
