import { describe, expect, it } from "vitest";
import { fakeApi } from "../../../fakes";

const url = "/v1/auth/guest";
const key = "0b0c4c1e-93a8-4c88-9a53-6f0f4a0f8a33";

describe("POST /v1/auth/guest", () => {
  it("makes an account and signs in to it for 15 minutes", async () => {
    const { app, audited } = await fakeApi();
    const answer = await app.inject({ method: "POST", url, payload: { name: " Grace " } });
    expect(answer.statusCode).toBe(201);
    const { token, user, expiresAt, refreshToken } = answer.json();
    expect(user.name).toBe("Grace");
    expect(Math.round((Date.parse(expiresAt) - Date.now()) / 60_000)).toBe(15);
    expect(refreshToken).toMatch(/^[\w-]{43}$/);
    const me = await app.inject({ url: "/v1/me", headers: { authorization: `Bearer ${token}` } });
    expect(me.json()).toMatchObject({ id: user.id, name: "Grace", guest: true, email: null, role: "user" });
    expect(audited).toMatchObject([
      {
        action: "user.signed_up",
        userId: user.id,
        address: "127.0.0.1",
        requestId: answer.headers["x-request-id"],
      },
    ]);
  });

  it("needs no body", async () => {
    const { app } = await fakeApi();
    const guest = await app.inject({ method: "POST", url });
    expect([guest.statusCode, guest.json().user.name]).toEqual([201, "Guest"]);
  });

  it("refuses names that are none", async () => {
    const { app } = await fakeApi();
    for (const name of ["", "  ", "x".repeat(81), 7, "a\0b"]) {
      const answer = await app.inject({ method: "POST", url, payload: { name } });
      expect([answer.statusCode, answer.json().errors[0].path]).toEqual([400, "body.name"]);
    }
  });

  it("makes one account under one key, with a session for each request", async () => {
    const { app, audited } = await fakeApi();
    const post = (name: string, given: string) =>
      app.inject({ method: "POST", url, payload: { name }, headers: { "idempotency-key": given } });
    const first = await post("Grace", key);
    const second = await post("Grace", key.toUpperCase());
    expect([first.headers["idempotent-replayed"], second.headers["idempotent-replayed"]]).toEqual([
      undefined,
      "true",
    ]);
    expect(second.json().user).toEqual(first.json().user);
    expect(second.json().refreshToken).not.toBe(first.json().refreshToken);
    expect(audited).toHaveLength(1);
    const other = await post("Ada", key);
    expect([other.statusCode, other.json().code]).toEqual([422, "idempotency_key_reused"]);
  });

  it("refuses keys that others could guess", async () => {
    const { app } = await fakeApi();
    const headers = { "idempotency-key": "guest-1" };
    const answer = await app.inject({ method: "POST", url, headers });
    expect([answer.statusCode, answer.json().errors[0].path]).toEqual([400, "headers.idempotency-key"]);
  });
});
