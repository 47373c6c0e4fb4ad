import { describe, expect, it } from "vitest";
import { Problem } from "../../../../../../../services/contract/problems";
import type { Passwords } from "../../../../../../../services/runtime/passwords/passwords";
import { StoreUnavailable } from "../../../../../../../services/runtime/unavailable";
import { fakeApi, type Overrides } from "../../../fakes";
import { failingUsers } from "../../../fakes/failing";
import { memoryRateLimits } from "../../../fakes/rate-limits";

const url = "/v1/auth/sign-in";
const grace = { email: "grace@example.com", password: "correct horse" };

async function withGrace(overrides: Overrides = {}) {
  const api = await fakeApi(overrides);
  await api.app.inject({ method: "POST", url: "/v1/auth/sign-up", payload: { ...grace, name: "Grace" } });
  const signIn = (change: Partial<typeof grace> = {}) =>
    api.app.inject({ method: "POST", url, payload: { ...grace, ...change } });
  return { ...api, signIn };
}

describe("POST /v1/auth/sign-in", () => {
  it("opens a session", async () => {
    const { app, signIn, audited } = await withGrace();
    const answer = await signIn();
    expect(answer.statusCode).toBe(200);
    const authorization = `Bearer ${answer.json().token}`;
    const me = await app.inject({ url: "/v1/me", headers: { authorization } });
    expect(me.json().email).toBe(grace.email);
    expect(audited.map(({ action }) => action)).toEqual(["user.signed_up", "user.signed_in"]);
  });

  it("tells a wrong password and an unknown address with the same words, and audits both", async () => {
    const { signIn, audited } = await withGrace();
    const answers = [await signIn({ password: "wrong" }), await signIn({ email: "nobody@example.com" })];
    const told = answers.map((answer) => {
      const { requestId: _, ...body } = answer.json();
      return [answer.statusCode, body];
    });
    expect(told[0]).toEqual(told[1]);
    expect(told[0]).toMatchObject([401, { code: "invalid_credentials" }]);
    const failures = audited.filter(({ action }) => action === "user.sign_in_failed");
    expect(failures.map(({ detail, target }) => [detail, target !== undefined])).toEqual([
      [{ email: grace.email }, true],
      [{ email: "nobody@example.com" }, false],
    ]);
    expect(JSON.stringify(audited)).not.toContain("wrong");
  });

  it("hashes for an unknown address, too", async () => {
    const asked: unknown[] = [];
    const passwords: Passwords = {
      hash: async () => "hash of it",
      async verify(_password, hash) {
        asked.push(hash);
        return false;
      },
      close: async () => undefined,
    };
    const { signIn } = await withGrace({ passwords });
    await signIn();
    await signIn({ email: "nobody@example.com" });
    expect(asked).toEqual(["hash of it", undefined]);
  });

  it("is refused after ten failures with that address, though the password be right", async () => {
    const { signIn } = await withGrace();
    for (let failure = 0; failure < 10; failure += 1)
      expect((await signIn({ password: "wrong" })).statusCode).toBe(401);
    const answer = await signIn();
    expect([answer.statusCode, answer.json().code, answer.headers["retry-after"]]).toEqual([
      429,
      "rate_limited",
      "42",
    ]);
    expect((await signIn({ email: "nobody@example.com" })).statusCode).toBe(401);
  });

  it("forgets failures after a success", async () => {
    const { signIn } = await withGrace();
    for (let round = 0; round < 3; round += 1) {
      for (let failure = 0; failure < 9; failure += 1) await signIn({ password: "wrong" });
      expect((await signIn()).statusCode).toBe(200);
    }
  });

  it("does not count what could not be judged", async () => {
    const rateLimits = memoryRateLimits();
    const users = failingUsers(new StoreUnavailable("postgres", new Error("gone")));
    const { app } = await fakeApi({ rateLimits, store: { users } });
    for (let attempt = 0; attempt < 12; attempt += 1) {
      const answer = await app.inject({ method: "POST", url, payload: grace });
      expect([answer.statusCode, answer.json().code]).toEqual([503, "store_unavailable"]);
    }
    expect(rateLimits.counted.get(`sign-in 127.0.0.1 ${grace.email}`)).toBe(0);
  });

  it("asks for patience while too many passwords wait", async () => {
    const passwords: Passwords = {
      hash: async () => "hash of it",
      verify: () => Promise.reject(new Problem("rate_limited", "Too many.", { retryAfter: 2 })),
      close: async () => undefined,
    };
    const { signIn } = await withGrace({ passwords });
    const answer = await signIn();
    expect([answer.statusCode, answer.headers["retry-after"]]).toEqual([429, "2"]);
  });

  it("names the place of a mistake", async () => {
    const { signIn } = await withGrace();
    expect((await signIn({ email: "grace" })).json().errors[0].path).toBe("body.email");
    expect((await signIn({ password: "" })).json().errors[0].path).toBe("body.password");
  });
});
