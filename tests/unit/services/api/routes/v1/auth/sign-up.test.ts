import { describe, expect, it } from "vitest";
import { fakeApi } from "../../../fakes";

const url = "/v1/auth/sign-up";
const grace = { email: "Grace@example.com", password: "correct horse", name: "Grace" };

describe("POST /v1/auth/sign-up", () => {
  it("makes an account with an e-mail address, signed in", async () => {
    const { app } = await fakeApi();
    const answer = await app.inject({ method: "POST", url, payload: grace });
    expect(answer.statusCode).toBe(201);
    const authorization = `Bearer ${answer.json().token}`;
    const me = await app.inject({ url: "/v1/me", headers: { authorization } });
    expect(me.json()).toMatchObject({ name: "Grace", email: grace.email, guest: false });
    expect(Object.keys(me.json()).sort()).toEqual(["createdAt", "email", "guest", "id", "name", "role"]);
  });

  it("answers 409 when the address has an account, and signs nobody in", async () => {
    const { app } = await fakeApi();
    await app.inject({ method: "POST", url, payload: grace });
    const answer = await app.inject({ method: "POST", url, payload: { ...grace, password: "another one" } });
    expect([answer.statusCode, answer.json().code]).toEqual([409, "email_taken"]);
    expect(answer.json().token).toBeUndefined();
  });

  it("gets the same account again under the same key, though its address is taken by then", async () => {
    const { app } = await fakeApi();
    const headers = { "idempotency-key": "0b0c4c1e-93a8-4c88-9a53-6f0f4a0f8a33" };
    const first = await app.inject({ method: "POST", url, payload: grace, headers });
    const second = await app.inject({ method: "POST", url, payload: grace, headers });
    expect([second.statusCode, second.json().user]).toEqual([201, first.json().user]);
    const guess = { ...grace, password: "not the same" };
    const third = await app.inject({ method: "POST", url, payload: guess, headers });
    expect([third.statusCode, third.json().code]).toEqual([422, "idempotency_key_reused"]);
  });

  it.each([
    ["body.email", { email: "grace" }],
    ["body.email", { email: `${"g".repeat(250)}@example.com` }],
    ["body.password", { password: "too short" }],
    ["body.password", { password: "x".repeat(201) }],
    ["body.name", { name: "" }],
    ["body", { role: "admin" }],
  ])("names %s as the mistake in %o", async (path, change) => {
    const { app } = await fakeApi();
    const answer = await app.inject({ method: "POST", url, payload: { ...grace, ...change } });
    expect([answer.statusCode, answer.json().errors[0].path]).toEqual([400, path]);
  });

  it("writes no password to the log, whatever happens", async () => {
    const { app, logged } = await fakeApi();
    await app.inject({ method: "POST", url, payload: grace });
    await app.inject({ method: "POST", url, payload: { ...grace, name: "" } });
    expect(JSON.stringify(logged())).not.toContain(grace.password);
  });
});
