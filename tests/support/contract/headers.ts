/** What comes with an answer besides its body: limits, ids of requests, what browsers may see. */
import { describe, expect, it } from "vitest";
import { rateLimitPrefix } from "../../../services/contract/channels";
import { call, expectProblem, type Reply } from "./call";
import { freshEmail, guest, member } from "./people";
import type { ContractTarget } from "./target";

const numberIn = ({ headers }: Reply, name: string): number => {
  const value = headers[name];
  expect(value, name).toMatch(/^\d+$/);
  return Number(value);
};

export function describeHeaders(target: ContractTarget): void {
  describe("every answer", () => {
    it("names its request: as the caller did, if logs can hold that", async () => {
      const named = async (id: string) =>
        String(
          (await call(target, "GET", "/health", { headers: { "x-request-id": id } })).headers["x-request-id"],
        );
      expect(await named("abc-123.x:y_Z")).toBe("abc-123.x:y_Z");
      for (const bad of ["a b", "x".repeat(65), "<script>", "a;b", "{}"])
        expect(await named(bad), bad).toMatch(/^[0-9a-f-]{36}$/);
    });

    it("tells how many requests are left, also where it is a problem", async () => {
      const person = await guest(target);
      const [first, second] = [await person.get("/v1/me"), await person.get("/v1/rooms/x")];
      expect(numberIn(first, "ratelimit-limit")).toBeGreaterThan(100);
      expect(numberIn(second, "ratelimit-remaining")).toBe(numberIn(first, "ratelimit-remaining") - 1);
      expect(numberIn(first, "ratelimit-reset")).toBeLessThanOrEqual(60);
      numberIn(await call(target, "POST", "/v1/auth/sign-in", { body: {} }), "ratelimit-remaining");
    });

    it("lets pages of the listed origins alone read it", async () => {
      const { origin } = target.offers();
      const preflight = (from: string) =>
        call(target, "OPTIONS", "/v1/rooms", {
          headers: {
            origin: from,
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization,content-type",
          },
        });
      const allowed = async (from: string) => (await preflight(from)).headers["access-control-allow-origin"];
      expect(await allowed("https://evil.example")).not.toBe("https://evil.example");
      expect(await allowed("null")).not.toBe("null");
      if (origin === undefined) return;
      const granted = await preflight(origin);
      expect(granted.status).toBe(204);
      expect(granted.headers).toMatchObject({ "access-control-allow-origin": origin });
      expect(granted.headers["access-control-allow-credentials"]).toBeUndefined();
      const methods = String(granted.headers["access-control-allow-methods"]).split(/, */);
      expect(methods).toEqual(expect.arrayContaining(["GET", "POST", "PATCH", "DELETE"]));
      const answer = await call(target, "GET", "/health", { headers: { origin } });
      expect(answer.headers["access-control-allow-origin"]).toBe(origin);
      for (const header of ["x-request-id", "retry-after", "ratelimit-remaining", "idempotent-replayed"])
        expect(String(answer.headers["access-control-expose-headers"]).toLowerCase()).toContain(header);
    });
  });

  describe("a limit of requests", () => {
    it("stops a user who sends too many, and nobody else", async () => {
      const [busy, other] = [await guest(target), await guest(target)];
      const limit = numberIn(await busy.get("/v1/me"), "ratelimit-limit");
      // As if all but one of the minute's requests had been made.
      const keys = await target.inside().redis("KEYS", `${rateLimitPrefix}*${busy.id}*`);
      const key = keys.trim();
      expect(key).toMatch(/^\S+$/);
      await target.inside().redis("SET", key, String(limit - 1), "KEEPTTL");
      expect(numberIn(await busy.get("/v1/me"), "ratelimit-remaining")).toBe(0);
      const refused = await busy.get("/v1/me");
      const { retryAfter } = expectProblem(refused, "rate_limited");
      expect(numberIn(refused, "retry-after")).toBe(retryAfter);
      expect(retryAfter).toBeGreaterThan(0);
      expect(retryAfter).toBeLessThanOrEqual(60);
      expectProblem(await busy.post("/v1/rooms", { name: "x" }), "rate_limited");
      expect((await other.get("/v1/me")).status).toBe(200);
      await target.inside().redis("DEL", key);
    });

    it("stops who guesses a password, and not who signs in elsewhere", async () => {
      const { email, password } = await member(target);
      const attempt = (body: unknown) => call(target, "POST", "/v1/auth/sign-in", { body });
      const codes: unknown[] = [];
      for (let count = 0; count < 30 && codes.at(-1) !== "rate_limited"; count += 1)
        codes.push(Object((await attempt({ email, password: `guess ${count}` })).body).code);
      expect(codes.at(-1)).toBe("rate_limited");
      expect(codes.slice(0, -1).every((code) => code === "invalid_credentials")).toBe(true);
      // Neither does the right password help any more.
      const refused = await attempt({ email, password });
      expectProblem(refused, "rate_limited");
      expect(numberIn(refused, "retry-after")).toBeGreaterThan(0);
      expectProblem(await attempt({ email: freshEmail(), password: "x" }), "invalid_credentials");
    });
  });
}
