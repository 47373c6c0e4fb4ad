/** What the rendered configuration makes the real Caddy answer. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { strictPolicy } from "../../components/proxy";
import { problemMediaType, problemSchema } from "../../services/contract/problems";
import type { Answer, ServedProxy } from "../support/served-proxy";
import { neighbours, type Ports, serveSites } from "../support/served-sites";
import { eventually } from "../support/stores";

/** Every value of a header, however often it was sent. */
const sent = ({ headers }: Answer, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, headers[name]]));

describe("a served site", () => {
  let served: ServedProxy;
  let ports: Ports;
  beforeAll(async () => {
    ({ served, ports } = await serveSites({
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

  it("sends them with its own errors, too", async () => {
    const answer = await served.https("api.localhost", "/echo", {
      method: "POST",
      body: "x".repeat(100_000),
    });
    expect([answer.status, sent(answer, security)]).toEqual([413, expected]);
    expect(answer.headers["content-security-policy"]).toBe(strictPolicy);
  });

  it("sends one content security policy: the front end's own, and a strict one for the API", async () => {
    const [api, app] = [await served.https("api.localhost", "/"), await served.https("app.localhost", "/")];
    expect(api.headers["content-security-policy"]).toBe(strictPolicy);
    expect(app.headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self'; [^,]*$/);
    expect(app.headers["permissions-policy"]).toBe("camera=(), microphone=(), geolocation=()");
    expect(api.headers["permissions-policy"]).toContain("usb=()");
  });

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
    const refused = await post(64 * 1024 + 1);
    expect([refused.status, refused.headers["content-type"]]).toEqual([413, problemMediaType]);
    expect(problemSchema.parse(JSON.parse(refused.body)).code).toBe("body_too_large");
  });

  it("refuses headers above their size", async () => {
    const ask = (length: number) =>
      served.https("api.localhost", "/", { headers: { "x-long": "x".repeat(length) } });
    expect((await ask(12 * 1024)).status).toBe(200);
    expect((await ask(24 * 1024)).status).toBe(431);
  });

  it.each([
    ["a program", {}, "gzip"],
    ["a page of the same site", { "sec-fetch-site": "same-site", referer: "https://app.localhost/" }, "gzip"],
    ["a visitor who writes the address", { "sec-fetch-site": "none" }, "gzip"],
    ["somebody else's page", { "sec-fetch-site": "cross-site" }, undefined],
    ["a page in a browser that is too old to say more", { referer: "https://example.com/" }, undefined],
  ])(
    "compresses what its own pages and programs ask for, and nothing else: %s",
    async (_who, who, encoding) => {
      const { headers } = await served.https("api.localhost", "/echo", {
        method: "POST",
        headers: { "accept-encoding": "gzip", accept: "text/plain", ...who },
        body: "x".repeat(4096),
      });
      expect(headers["content-encoding"]).toBe(encoding);
    },
  );

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
    const { served } = await serveSites({ trustedProxies: neighbours });
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
    const { served } = await serveSites({}, true);
    try {
      const { headers } = await served.https("api.localhost", "/");
      const [cookie] = (headers["set-cookie"] ?? []).filter((value) => value.startsWith("backline_api="));
      expect(cookie).toMatch(/^backline_api=[0-9a-f]{64}; Path=\/; HttpOnly; Secure; SameSite=None$/);
    } finally {
      await served.remove();
    }
  });
});
