import { describe, expect, it } from "vitest";
import { fakeApi } from "../../../fakes";

const url = "/v1/auth/refresh";

async function withSession() {
  const api = await fakeApi();
  const session = (await api.app.inject({ method: "POST", url: "/v1/auth/guest" })).json();
  const refresh = (refreshToken: unknown) =>
    api.app.inject({ method: "POST", url, payload: { refreshToken } });
  return { ...api, session, refresh };
}

describe("POST /v1/auth/refresh", () => {
  it("trades the token for a new pair of the same user", async () => {
    const { app, session, refresh } = await withSession();
    const answer = await refresh(session.refreshToken);
    expect(answer.statusCode).toBe(200);
    expect(answer.json().user).toEqual(session.user);
    expect(answer.json().refreshToken).not.toBe(session.refreshToken);
    const authorization = `Bearer ${answer.json().token}`;
    expect((await app.inject({ url: "/v1/me", headers: { authorization } })).statusCode).toBe(200);
  });

  it("ends the session of a token that comes again, its access tokens included", async () => {
    const { app, session, refresh, audited } = await withSession();
    const next = (await refresh(session.refreshToken)).json();
    const again = await refresh(session.refreshToken);
    expect([again.statusCode, again.json().code]).toEqual([401, "invalid_refresh_token"]);
    expect(audited.at(-1)?.action).toBe("session.refresh_reused");
    for (const { token } of [session, next]) {
      const answer = await app.inject({ url: "/v1/me", headers: { authorization: `Bearer ${token}` } });
      expect([answer.statusCode, answer.json().code]).toEqual([401, "unauthorized"]);
    }
    expect((await refresh(next.refreshToken)).statusCode).toBe(401);
  });

  it("answers 401 for a token that nobody was given, and 400 for what is none", async () => {
    const { refresh } = await withSession();
    const unknown = await refresh("x".repeat(43));
    expect([unknown.statusCode, unknown.json().code]).toEqual([401, "invalid_refresh_token"]);
    for (const bad of ["short", 7, "x".repeat(44), `${"x".repeat(42)}!`]) {
      const answer = await refresh(bad);
      expect([answer.statusCode, answer.json().errors[0].path]).toEqual([400, "body.refreshToken"]);
    }
  });
});
