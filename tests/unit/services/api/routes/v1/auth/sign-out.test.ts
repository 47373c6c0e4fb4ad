import { describe, expect, it } from "vitest";
import { fakeApi, sessionId, user } from "../../../fakes";

const url = "/v1/auth/sign-out";

async function withTwoSessions() {
  const api = await fakeApi();
  const payload = { email: "grace@example.com", password: "correct horse", name: "Grace" };
  const first = (await api.app.inject({ method: "POST", url: "/v1/auth/sign-up", payload })).json();
  const { name: _, ...credentials } = payload;
  const second = (
    await api.app.inject({ method: "POST", url: "/v1/auth/sign-in", payload: credentials })
  ).json();
  const status = async ({ token }: { token: string }) =>
    (await api.app.inject({ url: "/v1/me", headers: { authorization: `Bearer ${token}` } })).statusCode;
  const signOut = ({ token }: { token: string }, body?: object) =>
    api.app.inject({
      method: "POST",
      url,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { payload: body }),
    });
  return { ...api, first, second, status, signOut };
}

describe("POST /v1/auth/sign-out", () => {
  it("ends this session at once, and no other", async () => {
    const { first, second, status, signOut } = await withTwoSessions();
    const answer = await signOut(first);
    expect([answer.statusCode, answer.body]).toEqual([204, ""]);
    expect([await status(first), await status(second)]).toEqual([401, 200]);
    expect((await signOut(first)).statusCode).toBe(401);
  });

  it("ends all sessions of the user when asked to", async () => {
    const { first, second, status, signOut, audited } = await withTwoSessions();
    expect((await signOut(second, { everywhere: true })).statusCode).toBe(204);
    expect([await status(first), await status(second)]).toEqual([401, 401]);
    expect(audited.at(-1)).toMatchObject({ action: "user.signed_out", detail: { everywhere: true } });
  });

  it("takes the refresh token away, too", async () => {
    const { app, first, signOut } = await withTwoSessions();
    await signOut(first);
    const { refreshToken } = first;
    const answer = await app.inject({ method: "POST", url: "/v1/auth/refresh", payload: { refreshToken } });
    expect([answer.statusCode, answer.json().code]).toEqual([401, "invalid_refresh_token"]);
  });

  it("needs a token, and a body that is none or right", async () => {
    const { app, authorization, audited } = await fakeApi();
    expect((await app.inject({ method: "POST", url })).statusCode).toBe(401);
    const headers = { authorization };
    const bad = await app.inject({ method: "POST", url, headers, payload: { everywhere: "yes" } });
    expect([bad.statusCode, bad.json().errors[0].path]).toEqual([400, "body.everywhere"]);
    expect(audited).toEqual([]);
    expect((await app.inject({ method: "POST", url, headers })).statusCode).toBe(204);
    expect(audited).toMatchObject([{ userId: user.id, target: sessionId }]);
  });
});
