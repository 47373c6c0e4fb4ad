/** Accounts, sessions and tokens. */
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  accessTokenSeconds,
  meSchema,
  sessionAnswer,
  sessionSeconds,
} from "../../../services/contract/accounts";
import { call, expectAnswer, expectNoContent, expectProblem } from "./call";
import { describeEndpoint } from "./endpoint";
import { freshEmail, guest, member, Person } from "./people";
import type { ContractTarget } from "./target";

const badNames = ["", "   ", "x".repeat(81), 7, null, {}, ["Ada"], "a\u0000b"];
const badEmails = [
  "",
  "ada",
  "ada@",
  "@example.com",
  `${"a".repeat(250)}@example.com`,
  7,
  null,
  "a b@example.com",
];
const badPasswords = ["", "short", "x".repeat(201), 7, null];

export function describeAccounts(target: ContractTarget): void {
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    call(target, "POST", `/v1/auth/${path}`, { body, headers });
  const signUp = (email: string, password = "correct horse battery") =>
    post("sign-up", { email, password, name: "Ada" });
  const session = async (email: string, password: string) =>
    new Person(target, expectAnswer(await post("sign-in", { email, password }), 200, sessionAnswer));
  const refused = async (path: string, bodies: readonly unknown[]) => {
    for (const body of bodies)
      expectProblem(await post(path, body), "validation_failed", JSON.stringify(body));
  };

  describeEndpoint("POST /v1/auth/guest", {
    async success() {
      const before = Date.now();
      const answer = expectAnswer(await post("guest", { name: " Ada " }), 201, sessionAnswer);
      expect(answer.user.name).toBe("Ada");
      const seconds = (Date.parse(answer.expiresAt) - before) / 1_000;
      expect(Math.abs(seconds - accessTokenSeconds)).toBeLessThan(60);
      expect(Math.abs((Date.parse(answer.refreshExpiresAt) - before) / 1_000 - sessionSeconds)).toBeLessThan(
        60,
      );
      const nameless = expectAnswer(await call(target, "POST", "/v1/auth/guest"), 201, sessionAnswer);
      expect(nameless.user.name).toBe("Guest");
      const key = { "idempotency-key": randomUUID() };
      const first = await post("guest", { name: "Once" }, key);
      const again = await post("guest", { name: "Once" }, key);
      expect(again.headers["idempotent-replayed"]).toBe("true");
      expect(first.headers["idempotent-replayed"]).toBeUndefined();
      expect(Object(again.body).user).toEqual(Object(first.body).user);
    },
    "bad input": () =>
      refused("guest", [...badNames.map((name) => ({ name })), { nickname: "Ada" }, [], "Ada"]),
    "missing right": "none: anybody may come as a guest",
    async "wrong state"() {
      const key = { "idempotency-key": randomUUID() };
      await post("guest", { name: "Once" }, key);
      expectProblem(await post("guest", { name: "Twice" }, key), "idempotency_key_reused");
    },
  });

  describeEndpoint("POST /v1/auth/sign-up", {
    async success() {
      const email = freshEmail();
      const answer = expectAnswer(await signUp(email), 201, sessionAnswer);
      const me = await new Person(target, answer).get("/v1/me");
      expect(expectAnswer(me, 200, meSchema)).toMatchObject({ email, guest: false, role: "user" });
      const hash = await target
        .inside()
        .sql(`SELECT password_hash FROM users WHERE id = '${answer.user.id}'`);
      expect(hash).toMatch(/^\$argon2id\$v=19\$m=\d{5,},t=\d+,p=\d+\$/);
    },
    async "bad input"() {
      const good = { email: freshEmail(), password: "correct horse battery", name: "Ada" };
      await refused("sign-up", [
        ...badNames.map((name) => ({ ...good, name })),
        ...badEmails.map((email) => ({ ...good, email })),
        ...badPasswords.map((password) => ({ ...good, password })),
        { ...good, role: "admin" },
        { email: good.email, name: "Ada" },
        {},
      ]);
      expect(await target.inside().sql(`SELECT count(*) FROM users WHERE email = '${good.email}'`)).toBe("0");
    },
    "missing right": "none: anybody may sign up",
    async "wrong state"() {
      const email = freshEmail();
      await signUp(email);
      expectProblem(await signUp(email), "email_taken");
      expectProblem(await signUp(email.toUpperCase()), "email_taken");
    },
  });

  describeEndpoint("POST /v1/auth/sign-in", {
    async success() {
      const { id, email = "", password = "" } = await member(target);
      expect((await session(email, password)).id).toBe(id);
      expect((await session(email.toUpperCase(), password)).id).toBe(id);
    },
    "bad input": () =>
      refused("sign-in", [
        ...badEmails.map((email) => ({ email, password: "correct horse battery" })),
        ...["", "x".repeat(201), 7, null].map((password) => ({ email: freshEmail(), password })),
        { email: freshEmail() },
        { email: freshEmail(), password: "correct horse battery", remember: true },
      ]),
    async "missing right"() {
      const { email = "", password = "" } = await member(target);
      const wrong = expectProblem(
        await post("sign-in", { email, password: `${password}x` }),
        "invalid_credentials",
      );
      const unknown = await post("sign-in", { email: freshEmail(), password });
      // Nobody learns which addresses have an account.
      expect(expectProblem(unknown, "invalid_credentials").detail).toBe(wrong.detail);
    },
    "wrong state": "none: an account can always be signed in to",
  });

  describeEndpoint("POST /v1/auth/refresh", {
    async success() {
      const person = await guest(target);
      const first = person.session.refreshToken;
      const next = expectAnswer(await post("refresh", { refreshToken: first }), 200, sessionAnswer);
      expect(next.user.id).toBe(person.id);
      expect(next.refreshToken).not.toBe(first);
      const after = expectAnswer(
        await post("refresh", { refreshToken: next.refreshToken }),
        200,
        sessionAnswer,
      );
      expectAnswer(await new Person(target, after).get("/v1/me"), 200, meSchema);
      const stored = await target
        .inside()
        .sql("SELECT string_agg(encode(hash, 'escape'), ' ') FROM refresh_tokens");
      expect(stored).not.toContain(after.refreshToken);
    },
    "bad input": () =>
      refused("refresh", [
        {},
        ...["", "x", "x".repeat(44), 7, null].map((refreshToken) => ({ refreshToken })),
        { refreshToken: "x".repeat(43), user: "x" },
      ]),
    async "missing right"() {
      expectProblem(await post("refresh", { refreshToken: "x".repeat(43) }), "invalid_refresh_token");
      const { token } = await guest(target);
      expectProblem(await post("refresh", { refreshToken: token }), "validation_failed");
    },
    async "wrong state"() {
      const person = await guest(target);
      const { refreshToken } = person.session;
      const next = expectAnswer(await post("refresh", { refreshToken }), 200, sessionAnswer);
      // As if the time for a client that lost the answer had passed.
      await target
        .inside()
        .sql(
          `UPDATE refresh_tokens SET used_at = used_at - interval '1 minute' WHERE used_at IS NOT NULL AND session_id IN (SELECT id FROM sessions WHERE user_id = '${person.id}')`,
        );
      expectProblem(await post("refresh", { refreshToken }), "invalid_refresh_token");
      // Two parties hold the session: it ends for both.
      expectProblem(await post("refresh", { refreshToken: next.refreshToken }), "invalid_refresh_token");
    },
  });

  describeEndpoint("POST /v1/auth/sign-out", {
    async success() {
      const { email = "", password = "" } = await member(target);
      const [one, other, third] = [
        await session(email, password),
        await session(email, password),
        await session(email, password),
      ];
      expectNoContent(await one.post("/v1/auth/sign-out", {}));
      expectAnswer(await other.get("/v1/me"), 200, meSchema);
      expectNoContent(await other.post("/v1/auth/sign-out", { everywhere: true }));
      for (const person of [one, other, third]) {
        await refusedSoon(person);
        const { refreshToken } = person.session;
        expectProblem(await post("refresh", { refreshToken }), "invalid_refresh_token");
      }
    },
    async "bad input"() {
      const person = await guest(target);
      for (const body of [{ everywhere: "yes" }, { everywhere: null }, { all: true }, [], 7])
        expectProblem(
          await person.post("/v1/auth/sign-out", body),
          "validation_failed",
          JSON.stringify(body),
        );
      expectAnswer(await person.get("/v1/me"), 200, meSchema);
    },
    "missing right": async () => void expectProblem(await post("sign-out", {}), "unauthorized"),
    async "wrong state"() {
      const person = await guest(target);
      expectNoContent(await person.post("/v1/auth/sign-out", {}));
      await refusedSoon(person);
      expectProblem(await person.post("/v1/auth/sign-out", {}), "unauthorized");
    },
  });

  /** Every process refuses the token as soon as it has heard of the session's end. */
  async function refusedSoon(person: Person): Promise<void> {
    await expect.poll(async () => (await person.get("/v1/me")).status, { timeout: 5_000 }).toBe(401);
    for (let replica = 0; replica < 6; replica += 1)
      await expect.poll(async () => (await person.get("/v1/me")).status, { timeout: 5_000 }).toBe(401);
    expectProblem(await person.get("/v1/me"), "unauthorized");
  }

  describeMe(target);
}

function describeMe(target: ContractTarget): void {
  describeEndpoint("GET /v1/me", {
    async success() {
      const person = await guest(target, "Ada");
      const me = expectAnswer(await person.get("/v1/me"), 200, meSchema);
      expect(me).toMatchObject({ id: person.id, name: "Ada", email: null, guest: true, role: "user" });
    },
    "bad input": "none: it takes no input",
    "missing right": async () => void expectProblem(await call(target, "GET", "/v1/me"), "unauthorized"),
    "wrong state": "none: it is the same in every state",
  });

  describeEndpoint("PATCH /v1/me", {
    async success() {
      const person = await guest(target);
      expect(expectAnswer(await person.patch("/v1/me", { name: "Grace 🚀" }), 200, meSchema).name).toBe(
        "Grace 🚀",
      );
      expect(expectAnswer(await person.get("/v1/me"), 200, meSchema).name).toBe("Grace 🚀");
      const room = await person.room();
      expect((await person.message(room.id, "hello")).user.name).toBe("Grace 🚀");
    },
    async "bad input"() {
      const person = await guest(target);
      for (const body of [
        ...badNames.map((name) => ({ name })),
        {},
        { name: "x", role: "admin" },
        { role: "admin" },
      ])
        expectProblem(await person.patch("/v1/me", body), "validation_failed", JSON.stringify(body));
      expect(expectAnswer(await person.get("/v1/me"), 200, meSchema)).toMatchObject({
        name: "Ada",
        role: "user",
      });
    },
    "missing right": async () =>
      void expectProblem(await call(target, "PATCH", "/v1/me", { body: { name: "x" } }), "unauthorized"),
    "wrong state": "none: it is the same in every state",
  });

  describe("who has done what", () => {
    it("is in the audit table, without passwords", async () => {
      const { id, email, password = "" } = await member(target);
      await call(target, "POST", "/v1/auth/sign-in", { body: { email, password: "wrong password" } });
      await call(target, "POST", "/v1/auth/sign-in", { body: { email, password } });
      const rows = await target
        .inside()
        .sql(
          `SELECT action, request_id IS NOT NULL, address IS NOT NULL, detail FROM audit_log WHERE user_id = '${id}' OR target = '${id}' ORDER BY id`,
        );
      expect(rows).toMatch(
        /user\.signed_up\|t\|t[\s\S]*user\.sign_in_failed\|t\|t[\s\S]*user\.signed_in\|t\|t/,
      );
      expect(rows).not.toContain(password);
    });
  });
}
