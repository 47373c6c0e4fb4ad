import { describe, expect, it } from "vitest";
import { fakeApi, user } from "../fakes";
import { memoryRateLimits } from "../fakes/rate-limits";

const origin = "https://app.example.com";

describe("rate limits", () => {
  it("are told with every answer, whatever it is", async () => {
    const { app, authorization } = await fakeApi();
    for (const request of [
      { url: "/v1/me", headers: { authorization } },
      { url: "/v1/me" },
      { url: "/v1/nowhere" },
      { method: "POST", url: "/v1/auth/sign-up", payload: {} },
    ] as const) {
      const { headers } = await app.inject(request);
      expect([headers["ratelimit-limit"], headers["ratelimit-reset"]], request.url).toEqual(["1000", "42"]);
      expect(headers["ratelimit-remaining"]).toMatch(/^99\d$/);
    }
  });

  it("count users by themselves, and requests without a valid token by their address", async () => {
    const rateLimits = memoryRateLimits();
    const { app, authorization } = await fakeApi({ rateLimits });
    await app.inject({ url: "/v1/me", headers: { authorization } });
    await app.inject({ url: "/v1/me", headers: { authorization: "Bearer a.b.c" } });
    await app.inject({ method: "POST", url: "/v1/auth/guest" });
    await app.inject({ url: "/wp-login.php" });
    expect(Object.fromEntries(rateLimits.counted)).toEqual({ [user.id]: 1, "address 127.0.0.1": 3 });
  });

  it("refuse what is above with 429 and Retry-After, before a token's refusal", async () => {
    const rateLimits = memoryRateLimits({ user: 1, address: 1 });
    const { app, authorization } = await fakeApi({ rateLimits });
    const me = { url: "/v1/me", headers: { authorization } };
    expect((await app.inject(me)).statusCode).toBe(200);
    const refused = await app.inject(me);
    expect([refused.statusCode, refused.headers["retry-after"]]).toEqual([429, "42"]);
    expect(refused.json()).toMatchObject({ code: "rate_limited", retryAfter: 42 });
    expect((await app.inject("/v1/me")).statusCode).toBe(401);
    expect((await app.inject("/v1/me")).statusCode).toBe(429);
  });

  it("leave out probes, the document and preflights", async () => {
    const rateLimits = memoryRateLimits();
    const { app } = await fakeApi({ rateLimits, allowedOrigins: [origin] });
    for (const url of ["/health", "/ready", "/openapi.json"])
      expect((await app.inject(url)).headers["ratelimit-limit"]).toBeUndefined();
    const headers = { origin, "access-control-request-method": "PATCH" };
    expect((await app.inject({ method: "OPTIONS", url: "/v1/me", headers })).statusCode).toBe(204);
    expect(rateLimits.counted.size).toBe(0);
  });

  it("say nothing when there is none", async () => {
    const { signIn } = memoryRateLimits();
    const { app } = await fakeApi({ rateLimits: { request: () => undefined, signIn } });
    const answer = await app.inject({ method: "POST", url: "/v1/auth/guest" });
    expect([answer.statusCode, answer.headers["ratelimit-limit"]]).toEqual([201, undefined]);
  });
});

describe("a client's address", () => {
  it.each([
    ["the connection's when there is no proxy", "203.0.113.9", undefined, "203.0.113.9"],
    ["what the proxy says", "172.18.0.5", "203.0.113.7", "203.0.113.7"],
    [
      "what the proxy adds, not what the client claims",
      "172.18.0.5",
      "198.51.100.1, 203.0.113.7",
      "203.0.113.7",
    ],
    ["behind two proxies of ours", "172.18.0.5", "203.0.113.7, 10.0.0.2", "203.0.113.7"],
    ["the connection's when a stranger claims to be a proxy", "203.0.113.9", "198.51.100.1", "203.0.113.9"],
  ])("is %s", async (_what, remoteAddress, forwarded, expected) => {
    const rateLimits = memoryRateLimits();
    const { app } = await fakeApi({ rateLimits });
    const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
    await app.inject({ method: "POST", url: "/v1/auth/guest", remoteAddress, headers });
    expect([...rateLimits.counted.keys()]).toEqual([`address ${expected}`]);
  });
});
