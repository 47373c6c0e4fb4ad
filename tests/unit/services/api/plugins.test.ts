import { describe, expect, it } from "vitest";
import { fakeApi, user } from "./fakes";

const origin = "https://app.example.com";

describe("request ids", () => {
  it("are taken from the caller when they are harmless, and made otherwise", async () => {
    const { app } = await fakeApi();
    const idOf = async (given?: string) =>
      (await app.inject({ url: "/health", headers: given === undefined ? {} : { "x-request-id": given } }))
        .headers["x-request-id"];
    expect(await idOf("trace-1.2:3_4")).toBe("trace-1.2:3_4");
    const made = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;
    for (const given of [undefined, "a b", "x".repeat(65), '"}{']) expect(await idOf(given)).toMatch(made);
  });
});

describe("the request log", () => {
  it("has one line an answer, with path, status and user, and without the token", async () => {
    const { app, authorization, logged } = await fakeApi();
    await app.inject({
      method: "POST",
      url: "/v1/rooms?x=1",
      headers: { authorization },
      payload: { name: "Lobby" },
    });
    await app.inject("/health");
    expect(
      logged().map(({ level, msg, path, status, userId }) => ({ level, msg, path, status, userId })),
    ).toEqual([
      { level: "info", msg: "answered", path: "/v1/rooms", status: 201, userId: user.id },
      { level: "debug", msg: "answered", path: "/health", status: 200, userId: undefined },
    ]);
    expect(JSON.stringify(logged())).not.toContain(authorization.slice("Bearer ".length));
  });
});

describe("the request histogram", () => {
  it("counts by the route's pattern and one label for unknown routes", async () => {
    const { app, authorization, metrics } = await fakeApi();
    const headers = { authorization };
    await app.inject({ url: "/v1/jobs/00000000-0000-4000-8000-000000000000", headers });
    await app.inject({ url: "/v1/jobs/00000000-0000-4000-8000-000000000001", headers });
    await app.inject({ url: "/wp-login.php" });
    const counts = (await metrics())
      .split("\n")
      .filter((line) => line.startsWith("http_request_duration_seconds_count"));
    expect(counts).toEqual([
      'http_request_duration_seconds_count{method="GET",route="/v1/jobs/:id",status="404"} 2',
      'http_request_duration_seconds_count{method="GET",route="unmatched",status="404"} 1',
    ]);
  });
});

describe("CORS", () => {
  const preflight = (from: string) => ({
    method: "OPTIONS" as const,
    url: "/v1/rooms",
    headers: { origin: from, "access-control-request-method": "POST" },
  });

  it("answers the preflight of a listed origin", async () => {
    const { app } = await fakeApi({ allowedOrigins: [origin] });
    const answer = await app.inject(preflight(origin));
    expect(answer.statusCode).toBe(204);
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-methods": "GET, POST, PATCH, PUT, DELETE",
      "access-control-allow-headers": "authorization, content-type, idempotency-key, x-request-id",
      vary: "Origin",
    });
  });

  it("lets a listed origin read answers, errors too", async () => {
    const { app } = await fakeApi({ allowedOrigins: [origin] });
    for (const url of ["/health", "/v1/nowhere"]) {
      const answer = await app.inject({ url, headers: { origin } });
      expect(answer.headers["access-control-allow-origin"]).toBe(origin);
    }
  });

  it("gives other origins nothing, and nobody anything when no origin is listed", async () => {
    const listed = await fakeApi({ allowedOrigins: [origin] });
    const other = await listed.app.inject(preflight("https://evil.example"));
    expect(other.headers["access-control-allow-origin"]).toBeUndefined();
    const unlisted = await fakeApi();
    const answer = await unlisted.app.inject({ url: "/health", headers: { origin } });
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  });
});
