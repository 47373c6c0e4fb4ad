/** Messages over HTTP. */
import { expect } from "vitest";
import { messageSchema, messagesAnswer } from "../../../services/contract/rooms";
import { call, expectAnswer, expectProblem } from "./call";
import { describeEndpoint } from "./endpoint";
import { guest, nothing } from "./people";
import { expectBadIdentifiers, expectBadQueries } from "./rooms";
import type { ContractTarget } from "./target";

/** Text that a careless program would run, interpret or cut: it is stored and given back as it is. */
export const strangeTexts = [
  "'; DROP TABLE messages; --",
  "<script>alert(1)</script>",
  "{{7*7}} #{7*7} %s %n",
  "$(reboot) `reboot`",
  "../../../../etc/passwd",
  "\\u0000 \\x00 \\",
  "👩‍👩‍👧‍👦 e\u0301 \u202Eright to left \uFEFF",
  "Zoë 张伟 Ἀθήνα ﷽",
  "line one\nline two\r\n\ttab",
  "null",
  "NaN",
  "__proto__",
];

export function describeMessages(target: ContractTarget): void {
  const messages = (room: string) => `/v1/rooms/${room}/messages`;

  describeEndpoint("POST /v1/rooms/{id}/messages", {
    async success() {
      const person = await guest(target);
      const { id } = await person.room();
      const first = expectAnswer(await person.post(messages(id), { body: " hello " }), 201, messageSchema);
      expect(first).toMatchObject({ room: id, seq: 1, body: "hello", user: { id: person.id, name: "Ada" } });
      for (const body of strangeTexts) expect((await person.message(id, body)).body).toBe(body.trim());
      const key = { "idempotency-key": "once" };
      const once = await person.post(messages(id), { body: "once" }, key);
      const again = await person.post(messages(id), { body: "once" }, key);
      expect([again.status, again.headers["idempotent-replayed"], again.body]).toEqual([
        201,
        "true",
        once.body,
      ]);
      const page = expectAnswer(await person.get(messages(id)), 200, messagesAnswer);
      expect(page.messages.map(({ body }) => body)).toEqual([
        "hello",
        ...strangeTexts.map((text) => text.trim()),
        "once",
      ]);
      expect(page.messages.map(({ seq }) => seq)).toEqual(page.messages.map((_, index) => index + 1));
    },
    async "bad input"() {
      const person = await guest(target);
      const { id } = await person.room();
      const bodies = ["", "  ", "x".repeat(4_001), 7, null, {}, [], true, "a\u0000b"];
      for (const body of [
        ...bodies.map((text) => ({ body: text })),
        {},
        [],
        "x",
        { body: "x", seq: 1 },
        { text: "x" },
      ])
        expectProblem(
          await person.post(messages(id), body),
          "validation_failed",
          JSON.stringify(body).slice(0, 80),
        );
      await expectBadIdentifiers(person, "POST", messages, { body: "x" });
      expect(expectAnswer(await person.get(messages(id)), 200, messagesAnswer).messages).toEqual([]);
    },
    async "missing right"() {
      const [owner, other] = [await guest(target), await guest(target)];
      const [open, hidden] = [await owner.room(), await owner.room("private")];
      expectProblem(await call(target, "POST", messages(open.id), { body: { body: "x" } }), "unauthorized");
      expectProblem(await other.post(messages(open.id), { body: "x" }), "not_a_member");
      expectProblem(await other.post(messages(hidden.id), { body: "x" }), "room_not_found");
      expect(expectAnswer(await owner.get(messages(open.id)), 200, messagesAnswer).messages).toEqual([]);
    },
    async "wrong state"() {
      const person = await guest(target);
      expectProblem(await person.post(messages(nothing), { body: "x" }), "room_not_found");
      const { id } = await person.room();
      const key = { "idempotency-key": "two" };
      await person.post(messages(id), { body: "one" }, key);
      expectProblem(await person.post(messages(id), { body: "two" }, key), "idempotency_key_reused");
      expect(expectAnswer(await person.get(messages(id)), 200, messagesAnswer).messages).toHaveLength(1);
    },
  });

  describeEndpoint("GET /v1/rooms/{id}/messages", {
    async success() {
      const person = await guest(target);
      const { id } = await person.room();
      for (let count = 1; count <= 5; count += 1) await person.message(id, `m${count}`);
      const page = async (query: string) => {
        const { messages: all, next } = expectAnswer(
          await person.get(messages(id) + query),
          200,
          messagesAnswer,
        );
        return [all.map(({ seq }) => seq), next];
      };
      expect(await page("")).toEqual([[1, 2, 3, 4, 5], null]);
      expect(await page("?limit=2")).toEqual([[1, 2], 2]);
      expect(await page("?limit=2&after=2")).toEqual([[3, 4], 4]);
      expect(await page("?limit=2&after=4")).toEqual([[5], null]);
      expect(await page(`?after=${Number.MAX_SAFE_INTEGER}`)).toEqual([[], null]);
    },
    async "bad input"() {
      const person = await guest(target);
      const { id } = await person.room();
      await expectBadQueries(person, messages(id), [
        ...[
          "limit=0",
          "limit=-1",
          "limit=201",
          "limit=NaN",
          "limit=Infinity",
          "limit=1e999",
          "limit=1.5",
          "limit=x",
        ],
        ...[
          "after=-1",
          "after=x",
          "after=1.5",
          "after=9007199254740992",
          "after=NaN",
          "after=1e999",
          "before=7",
        ],
        ...["after=1&after=2", "after[]=1", "after=1%20OR%201=1"],
      ]);
      await expectBadIdentifiers(person, "GET", messages);
    },
    async "missing right"() {
      const [owner, other] = [await guest(target), await guest(target)];
      const [open, hidden] = [await owner.room(), await owner.room("private")];
      expectProblem(await call(target, "GET", messages(open.id)), "unauthorized");
      expectProblem(await other.get(messages(open.id)), "not_a_member");
      expectProblem(await other.get(messages(hidden.id)), "room_not_found");
    },
    "wrong state": async () =>
      void expectProblem(await (await guest(target)).get(messages(nothing)), "room_not_found"),
  });
}
