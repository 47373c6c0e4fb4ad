import { describe, expect, it } from "vitest";
import { StoreUnavailable } from "../../../../services/runtime/unavailable";
import { fakeApi } from "./fakes";
import { failingUsers } from "./fakes/failing";

const url = "/v1/rooms";

describe("every error", () => {
  it("is application/problem+json with a stable code", async () => {
    const { app, authorization } = await fakeApi();
    const headers = { authorization, "content-type": "application/json" };
    const room = "00000000-0000-4000-8000-000000000000";
    const requests = [
      { method: "POST", url, headers, payload: "{" },
      { method: "POST", url, headers, payload: "" },
      { method: "POST", url, headers, payload: '{"name":1}' },
      { method: "POST", url, headers, payload: '{"__proto__":{"a":1},"name":"x"}' },
      { method: "POST", url, headers: { authorization, "content-type": "text/xml" }, payload: "<a/>" },
      { method: "POST", url, headers, payload: JSON.stringify({ name: "x".repeat(70_000) }) },
      { method: "POST", url, headers: { "content-type": "application/json" }, payload: '{"name":"x"}' },
      { method: "POST", url, headers: { ...headers, authorization: "Basic YTpi" }, payload: '{"name":"x"}' },
      {
        method: "POST",
        url,
        headers: { ...headers, authorization: "Bearer a.b.c" },
        payload: '{"name":"x"}',
      },
      { method: "GET", url: "/v1/rooms/lobby/messages", headers },
      { method: "GET", url: `/v1/rooms/${room}/messages?limit=1000`, headers },
      { method: "GET", url: `/v1/rooms/${room}/messages`, headers },
      { method: "GET", url: "/nowhere" },
      { method: "DELETE", url: "/health" },
      { method: "GET", url: "/v1/%zz" },
    ] as const;
    const answers = [];
    for (const request of requests) answers.push(await app.inject(request));
    expect(answers.map((answer) => `${answer.statusCode} ${answer.json().code}`)).toEqual([
      "400 malformed_body",
      "400 malformed_body",
      "400 validation_failed",
      "400 malformed_body",
      "415 unsupported_media_type",
      "413 body_too_large",
      "401 unauthorized",
      "401 unauthorized",
      "401 unauthorized",
      "400 validation_failed",
      "400 validation_failed",
      "404 room_not_found",
      "404 route_not_found",
      "404 route_not_found",
      "400 bad_request",
    ]);
    for (const answer of answers) {
      expect(answer.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
      expect(answer.json()).toMatchObject({
        status: answer.statusCode,
        type: `urn:backline:problem:${answer.json().code}`,
        requestId: answer.headers["x-request-id"],
      });
    }
  });

  it("says where the mistake is", async () => {
    const { app, authorization } = await fakeApi();
    const answer = await app.inject({
      method: "POST",
      url,
      headers: { authorization },
      payload: { names: "x" },
    });
    expect(answer.json()).toEqual({
      type: "urn:backline:problem:validation_failed",
      title: "The request does not match the schema",
      status: 400,
      detail:
        'body.name: Invalid input: expected string, received undefined; body: Unrecognized key: "names"',
      code: "validation_failed",
      requestId: answer.headers["x-request-id"],
      errors: [
        { path: "body.name", message: "Invalid input: expected string, received undefined" },
        { path: "body", message: 'Unrecognized key: "names"' },
      ],
    });
  });

  it("keeps our own failures to the log", async () => {
    const users = failingUsers(new Error("column secret_thing does not exist"));
    const { app, logged } = await fakeApi({ store: { users } });
    const answer = await app.inject({ method: "POST", url: "/v1/auth/guest" });
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toMatchObject({
      code: "internal_error",
      detail: "The request could not be answered.",
    });
    expect(answer.body).not.toContain("secret_thing");
    expect(JSON.stringify(logged())).toContain("secret_thing");
  });

  it("is 503 with Retry-After while a store is away", async () => {
    const away = new StoreUnavailable("postgres", new Error("connect ECONNREFUSED 10.1.2.3:5432"));
    const { app, logged } = await fakeApi({ store: { users: failingUsers(away) } });
    const answer = await app.inject({ method: "POST", url: "/v1/auth/guest" });
    expect([answer.statusCode, answer.headers["retry-after"], answer.json().code]).toEqual([
      503,
      "5",
      "store_unavailable",
    ]);
    expect(answer.body).not.toMatch(/10\.1\.2\.3|postgres/i);
    expect(logged().find(({ code }) => code === "store_unavailable")).toMatchObject({
      store: "postgres",
      err: { message: "connect ECONNREFUSED 10.1.2.3:5432" },
    });
  });
});
