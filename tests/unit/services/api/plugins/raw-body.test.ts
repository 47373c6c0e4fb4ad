import { describe, expect, it } from "vitest";
import { takeRawBodies } from "../../../../../services/api/plugins/raw-body";
import { fakeApi } from "../fakes";

describe("takeRawBodies", () => {
  it("hands over the very bytes within its plugin, and leaves other routes alone", async () => {
    const { app, authorization } = await fakeApi();
    app.register(async (scope) => {
      takeRawBodies(scope, 20);
      scope.post("/test/raw", { config: { public: true } }, async ({ body }) => ({
        buffer: Buffer.isBuffer(body),
        text: String(body),
      }));
    });
    const post = (url: string, payload: string) =>
      app.inject({
        method: "POST",
        url,
        payload,
        headers: { authorization, "content-type": "application/json" },
      });
    expect((await post("/test/raw", '{ "a" :1}')).json()).toEqual({ buffer: true, text: '{ "a" :1}' });
    expect((await post("/test/raw", "{")).statusCode).toBe(200);
    const large = await post("/test/raw", "x".repeat(21));
    expect([large.statusCode, large.json().code]).toEqual([413, "body_too_large"]);
    expect((await post("/v1/rooms", "{")).json().code).toBe("malformed_body");
  });
});
