/** What the rendered configuration makes the real Caddy answer. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configFiles, strictPolicy } from "../../components/proxy";
import { Secret } from "../../components/shared/secret";
import { openObservatory } from "../support/observatory";
import { apiSite, apiUpstream, routingOf } from "../support/proxy-settings";
import { type Answer, type ServedProxy, serveProxy } from "../support/served-proxy";
import { eventually, freePort } from "../support/stores";

const frontEnd = readFileSync(join(import.meta.dirname, "..", "..", "services", "web", "Caddyfile"), "utf8");

/** Where a client of these tests comes from, seen from inside a container. */
const neighbours = ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

interface Ports {
  readonly http: number;
  readonly https: number;
  readonly api: number;
  readonly health: number;
  readonly web: number;
  readonly webHealth: number;
}

async function freePorts(): Promise<Ports> {
  const ports = await Promise.all(Array.from({ length: 6 }, freePort));
  const [http = 0, https = 0, api = 0, health = 0, web = 0, webHealth = 0] = ports;
  return { http, https, api, health, web, webHealth };
}

/** An API that says what it was asked, without any security header of its own, behind the front end's real Caddyfile. */
const services = ({ api, health }: Ports) => `${frontEnd.replace("/app/site", "{$LIVE_DIRECTORY}")}
http://:${api} {
	header Set-Cookie "session=secret-of-a-cookie"
	respond /echo "{http.request.body}" 200
	respond \`{"from": "{http.request.header.X-Forwarded-For}"}\` 200
}

http://:${health} {
	respond /health 200
}
`;

async function serve(proxy: Record<string, unknown>, sticky = false, bodyLimit = 64 * 1024) {
  const ports = await freePorts();
  const routing = routingOf(
    { httpPort: ports.http, httpsPort: ports.https, ...proxy },
    {
      sites: [
        { ...apiSite, hostname: "api.localhost" },
        { ...apiSite, name: "app", hostname: "app.localhost", routes: [{ path: "/", service: "web" }] },
      ],
      upstreams: {
        api: { containers: ["127.0.0.1"], port: ports.api, healthPort: ports.health, sticky, bodyLimit },
        web: { ...apiUpstream, containers: ["127.0.0.1"], port: ports.web, healthPort: ports.webHealth },
      },
    },
  );
  const context = { ...routing, nameKey: new Secret("key of the names") };
  const served = await serveProxy(routing, services(ports), {
    files: [...configFiles(context), { name: "index.html", content: "<!doctype html><title>App</title>" }],
    environment: {
      PORT: String(ports.web),
      METRICS_PORT: String(await freePort()),
      HEALTH_PORT: String(ports.webHealth),
      API_URL: "https://api.localhost",
      SOCKET_URL: "wss://api.localhost/ws",
      SOCKET_ORIGIN: "wss://api.localhost",
    },
  });
  return { served, ports };
}

/** Every value of a header, however often it was sent. */
const sent = ({ headers }: Answer, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, headers[name]]));

describe("a served site", () => {
  let served: ServedProxy;
  let ports: Ports;
  beforeAll(async () => {
    ({ served, ports } = await serve({
      hsts: { maxAge: "365d" },
      redirects: [{ from: "www.localhost", to: "app.localhost" }],
    }));
  });
  afterAll(() => served?.remove());

  const security = [
    "strict-transport-security",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "server",
    "via",
  ];
  const expected = {
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    server: undefined,
    via: undefined,
  };

  it.each(["api.localhost", "app.localhost", "www.localhost"])(
    "sends each security header once: %s",
    async (hostname) => {
      expect(sent(await served.https(hostname, "/"), security)).toEqual(expected);
    },
  );

  it("sends one content security policy: the front end's own, and a strict one for the API", async () => {
    const [api, app] = [await served.https("api.localhost", "/"), await served.https("app.localhost", "/")];
    expect(api.headers["content-security-policy"]).toBe(strictPolicy);
    expect(app.headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self'; [^,]*$/);
    expect(app.headers["permissions-policy"]).toBe("camera=(), microphone=(), geolocation=()");
    expect(api.headers["permissions-policy"]).toContain("usb=()");
  });

  it.each(["api.localhost", "app.localhost"])(
    "has 100 points or more at the observatory: %s",
    async (hostname) => {
      const observatory = await openObservatory();
      try {
        const https = await served.https(hostname, "/");
        const http = await served.http(hostname, "/");
        const preflight = await served.https(hostname, "/", {
          method: "OPTIONS",
          headers: { origin: "https://somebody.example.com", "access-control-request-method": "GET" },
        });
        const route = [`http://${hostname}:${ports.http}/`, String(http.headers.location)];
        const verdict = await observatory.judge({ hostname, https, http, route, preflight });
        expect(verdict.failed).toEqual([]);
        expect(verdict.score).toBeGreaterThanOrEqual(100);
        // Without its policy the very same answer falls below: the rules do look at it.
        const { "content-security-policy": _policy, ...others } = https.headers;
        const without = { hostname, https: { ...https, headers: others }, http, route, preflight };
        expect((await observatory.judge(without)).failed).toContain("csp");
      } finally {
        await observatory.remove();
      }
    },
  );

  it("redirects a host to another with path and query, and HTTP to the published port", async () => {
    const answer = await served.https("www.localhost", "/a/b?c=d");
    expect([answer.status, answer.headers.location]).toEqual([
      308,
      `https://app.localhost:${ports.https}/a/b?c=d`,
    ]);
    const plain = await served.http("app.localhost", "/a?b=c");
    expect([plain.status, plain.headers.location]).toEqual([
      308,
      `https://app.localhost:${ports.https}/a?b=c`,
    ]);
  });

  it("does not believe what a client says of its address", async () => {
    const { body } = await served.https("api.localhost", "/", {
      headers: { "X-Forwarded-For": "198.51.100.9" },
    });
    expect(JSON.parse(body).from).not.toContain("198.51.100.9");
  });

  it("takes a body up to its limit, and answers 413 above", async () => {
    const post = (length: number) =>
      served.https("api.localhost", "/echo", { method: "POST", body: "x".repeat(length) });
    expect((await post(64 * 1024)).body).toHaveLength(64 * 1024);
    expect((await post(64 * 1024 + 1)).status).toBe(413);
  });

  it("refuses headers above their size", async () => {
    const ask = (length: number) =>
      served.https("api.localhost", "/", { headers: { "x-long": "x".repeat(length) } });
    expect((await ask(12 * 1024)).status).toBe(200);
    expect((await ask(24 * 1024)).status).toBe(431);
  });

  it("compresses a page for who takes it", async () => {
    const headers = { "accept-encoding": "gzip" };
    const { headers: answered } = await served.https("api.localhost", "/echo", {
      method: "POST",
      headers: { ...headers, accept: "text/plain" },
      body: "x".repeat(4096),
    });
    expect(answered["content-encoding"]).toBe("gzip");
  });

  it("logs requests in JSON without a secret", async () => {
    const secrets = {
      authorization: "Bearer secret-of-authorization",
      cookie: "session=secret-of-cookie",
      "sec-websocket-protocol": "backline.v1, token.secret-of-protocol",
      referer: "https://app.localhost/?token=secret-of-referer",
      "x-api-key": "secret-of-key",
    };
    await served.https(
      "api.localhost",
      "/logged?token=secret-of-query&X-Amz-Signature=secret-of-link&limit=5",
      {
        headers: { ...secrets, "user-agent": "a test" },
      },
    );
    const lines = await eventually("the request is in the log", async () => {
      const found = (await served.logs()).filter((line) => JSON.stringify(line).includes("/logged"));
      if (found.length === 0) throw new Error("not yet");
      return found;
    });
    expect(lines).toEqual([
      expect.objectContaining({
        status: 200,
        user_agent: "a test",
        request: expect.objectContaining({
          method: "GET",
          host: `api.localhost:${ports.https}`,
          uri: "/logged?X-Amz-Signature=REDACTED&limit=5&token=REDACTED",
        }),
      }),
    ]);
    expect(JSON.stringify(await served.logs())).not.toContain("secret-of");
  });
});

describe("trusted proxies", () => {
  it("are believed about the client, whose address alone the services are told", async () => {
    const { served } = await serve({ trustedProxies: neighbours });
    try {
      const from = async (value: string) =>
        JSON.parse((await served.https("api.localhost", "/", { headers: { "X-Forwarded-For": value } })).body)
          .from;
      expect(await from("198.51.100.9")).toBe("198.51.100.9");
      // What a client writes itself stands to the left of what its proxy adds.
      expect(await from("203.0.113.66, 198.51.100.9")).toBe("198.51.100.9");
    } finally {
      await served.remove();
    }
  });
});

describe("a sticky service", () => {
  it("gives a client a cookie that tells nothing", async () => {
    const { served } = await serve({}, true);
    try {
      const { headers } = await served.https("api.localhost", "/");
      const [cookie] = (headers["set-cookie"] ?? []).filter((value) => value.startsWith("backline_api="));
      expect(cookie).toMatch(/^backline_api=[0-9a-f]{64}; Path=\/; HttpOnly; Secure; SameSite=None$/);
    } finally {
      await served.remove();
    }
  });
});

describe("maintenance", () => {
  const text = 'Back at {noon}, `we` "promise" <soon> {$HOME} {http.request.host}';

  it("answers a page to browsers and a problem to programs", async () => {
    const { served } = await serve({ maintenance: text });
    try {
      const page = await served.https("app.localhost", "/any/path", { headers: { accept: "text/html,*/*" } });
      expect([page.status, page.headers["retry-after"], page.headers["content-type"]]).toEqual([
        503,
        "120",
        "text/html; charset=utf-8",
      ]);
      expect(page.body).toContain(
        "<p>Back at &#123;noon&#125;, &#96;we&#96; &quot;promise&quot; &lt;soon&gt; &#123;$HOME&#125; &#123;http.request.host&#125;</p>",
      );
      expect(page.body).toContain("<style>body{font:");
      expect(page.headers["content-security-policy"]).toContain("style-src 'sha256-");
      const problem = await served.https("api.localhost", "/v1/me", { method: "POST" });
      expect([problem.status, problem.headers["content-type"]]).toEqual([503, "application/problem+json"]);
      expect(JSON.parse(problem.body)).toEqual({
        type: "urn:backline:problem:maintenance",
        title: "Closed for maintenance",
        status: 503,
        detail: text,
        code: "maintenance",
        retryAfter: 120,
      });
    } finally {
      await served.remove();
    }
  });

  it("lets in who is on the list, and nobody else", async () => {
    const open = await serve({ maintenance: true, maintenanceAllow: neighbours });
    const closed = await serve({ maintenance: true, maintenanceAllow: ["203.0.113.7/32"] });
    try {
      expect((await open.served.https("api.localhost", "/")).status).toBe(200);
      expect((await closed.served.https("api.localhost", "/")).status).toBe(503);
    } finally {
      await open.served.remove();
      await closed.served.remove();
    }
  });
});
