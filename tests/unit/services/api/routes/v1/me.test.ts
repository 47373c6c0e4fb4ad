import { describe, expect, it } from "vitest";
import { Problem } from "../../../../../../services/contract/problems";
import { fakeApi, user } from "../../fakes";
import { failingUsers } from "../../fakes/failing";

const url = "/v1/me";

describe("GET and PATCH /v1/me", () => {
  it("tell and change the caller's account", async () => {
    const { app, authorization, audited } = await fakeApi();
    const headers = { authorization };
    const before = (await app.inject({ url, headers })).json();
    expect(before).toEqual({
      id: user.id,
      name: "Ada",
      email: null,
      guest: true,
      role: "user",
      createdAt: "2030-01-02T03:04:05.678Z",
    });
    const change = await app.inject({ method: "PATCH", url, headers, payload: { name: " Countess " } });
    expect([change.statusCode, change.json()]).toEqual([200, { ...before, name: "Countess" }]);
    expect((await app.inject({ url, headers })).json().name).toBe("Countess");
    expect(audited).toMatchObject([
      { action: "user.renamed", userId: user.id, target: user.id, detail: { name: "Countess" } },
    ]);
  });

  it("need a token", async () => {
    const { app } = await fakeApi();
    for (const method of ["GET", "PATCH"] as const) {
      const answer = await app.inject({ method, url });
      expect([answer.statusCode, answer.headers["www-authenticate"]]).toEqual([401, "Bearer"]);
    }
  });

  it.each([
    {},
    { name: "" },
    { name: "x".repeat(81) },
    { name: "x", role: "admin" },
    { email: "a@b.example" },
  ])("refuse the change %o", async (payload) => {
    const { app, authorization, audited } = await fakeApi();
    const answer = await app.inject({ method: "PATCH", url, headers: { authorization }, payload });
    expect([answer.statusCode, answer.json().code]).toEqual([400, "validation_failed"]);
    expect(audited).toEqual([]);
  });

  it("answer 401 when the user is gone", async () => {
    const users = failingUsers(new Problem("unauthorized", "The user of this token no longer exists."));
    const { app, authorization } = await fakeApi({ store: { users } });
    const answer = await app.inject({ url, headers: { authorization } });
    expect([answer.statusCode, answer.json().code]).toEqual([401, "unauthorized"]);
  });
});
