import { describe, expect, it } from "vitest";
import { fakeApi, sessionId } from "../fakes";
import { memoryEndedSessions } from "../fakes/sessions";

describe("authentication", () => {
  it("refuses the tokens of a session that has ended, those that were good before too", async () => {
    const endedSessions = memoryEndedSessions();
    const { app, authorization } = await fakeApi({ endedSessions });
    const me = { url: "/v1/me", headers: { authorization } };
    expect((await app.inject(me)).statusCode).toBe(200);
    await endedSessions.end([sessionId]);
    const refused = await app.inject(me);
    expect([refused.statusCode, refused.json().detail]).toEqual([
      401,
      "The session of this access token has ended; sign in again.",
    ]);
  });

  it("lets only users with a route's role in", async () => {
    const { app, bearer } = await fakeApi();
    app.after(() => app.get("/test/admin", { config: { role: "admin" } }, async () => ({ seen: true })));
    const get = async (role: "user" | "admin") =>
      app.inject({ url: "/test/admin", headers: { authorization: await bearer(role) } });
    const refused = await get("user");
    expect([refused.statusCode, refused.json().code]).toEqual([403, "forbidden"]);
    expect((await get("admin")).json()).toEqual({ seen: true });
    expect((await app.inject("/test/admin")).statusCode).toBe(401);
  });

  it("turns a request away before its body is looked at", async () => {
    const { app } = await fakeApi();
    const headers = { "content-type": "application/json" };
    const answer = await app.inject({ method: "POST", url: "/v1/rooms", headers, payload: "{" });
    expect(answer.statusCode).toBe(401);
  });
});
