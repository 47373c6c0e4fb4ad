import { Stripe } from "stripe";
import { describe, expect, it } from "vitest";
import { ada, nounsApi } from "../../fakes/nouns";

const secret = "whsec_0123456789abcdef";
const seconds = () => Math.floor(Date.now() / 1_000);

const signed = (payload: string, { timestamp = seconds(), key = secret } = {}) => ({
  "content-type": "application/json",
  "stripe-signature": Stripe.webhooks.generateTestHeaderString({ payload, secret: key, timestamp }),
});

const event = (type: string, object: object, id = "evt_1") =>
  JSON.stringify({ id, object: "event", type, created: 1_900_000_000, data: { object } });

const succeeded = event("payment_intent.succeeded", {
  id: "pi_1",
  amount: 1_999,
  currency: "eur",
  metadata: { user: ada.id },
});

async function webhook(secretOrNone: string | undefined = secret) {
  const { as, received } = await nounsApi({ stripeWebhookSecret: secretOrNone });
  const post = (payload: string | Buffer, headers: Record<string, string>) =>
    as(undefined)("POST", "/webhooks/stripe", payload, headers);
  return { as, received, post };
}

describe("POST /webhooks/stripe", () => {
  it("takes a signed event, without a token, and each event once", async () => {
    const { post, received } = await webhook();
    for (let delivery = 0; delivery < 3; delivery++) {
      const answer = await post(succeeded, signed(succeeded));
      expect([answer.status, answer.body]).toEqual([200, { received: true }]);
    }
    expect(received).toEqual([
      {
        id: "evt_1",
        type: "payment_intent.succeeded",
        createdAt: new Date(1_900_000_000_000),
        payload: JSON.parse(succeeded),
        payment: { id: "pi_1", userId: ada.id, amount: 1_999, currency: "eur", status: "succeeded" },
      },
    ]);
  });

  it("refuses what Stripe did not sign, or signed too long ago", async () => {
    const { post, received } = await webhook();
    const header = signed(succeeded);
    const late = (age: number) => signed(succeeded, { timestamp: seconds() - age });
    const { "stripe-signature": _none, ...unsigned } = header;
    for (const [payload, headers] of [
      [succeeded, unsigned],
      [succeeded, { ...header, "stripe-signature": "t=1,v1=00" }],
      [succeeded, { ...header, "stripe-signature": "" }],
      [succeeded, signed(succeeded, { key: "whsec_other" })],
      [succeeded.replace("1999", "9991"), header],
      [`${succeeded} `, header],
      [succeeded, late(400)],
      ["", { "stripe-signature": header["stripe-signature"] }],
    ] as const) {
      expect((await post(payload, headers)).refusal).toEqual([400, "invalid_signature"]);
    }
    expect(received).toEqual([]);
    expect((await post(succeeded, late(200))).status).toBe(200);
  });

  it("checks the bytes as they came, not what they mean", async () => {
    const { post, received } = await webhook();
    const spaced = JSON.stringify(JSON.parse(succeeded), null, 2);
    expect((await post(spaced, signed(spaced))).status).toBe(200);
    expect(received).toHaveLength(1);
  });

  it("refuses signed bodies that are no events, large ones and other media types", async () => {
    const { post, received } = await webhook();
    expect((await post("{", signed("{"))).refusal).toEqual([400, "malformed_body"]);
    for (const body of ["{}", '{"id":"evt_1"}', "[]", event("charge.refunded", { id: "ch_1" })]) {
      expect((await post(body, signed(body))).refusal, body).toEqual([400, "validation_failed"]);
    }
    const large = "x".repeat(256 * 1024 + 1);
    expect((await post(large, signed(large))).refusal).toEqual([413, "body_too_large"]);
    const text = { ...signed(succeeded), "content-type": "text/plain" };
    expect((await post(succeeded, text)).refusal).toEqual([415, "unsupported_media_type"]);
    expect(received).toEqual([]);
  });

  it("refuses signed events that cannot be kept: times and ids out of bounds, NUL, half characters, deep nesting", async () => {
    const { post, received } = await webhook();
    const intent = { id: "pi_1", amount: 1, currency: "eur" };
    const kept = (changes: object) => JSON.stringify({ ...JSON.parse(succeeded), ...changes });
    const nested = (levels: number) =>
      succeeded.replace("{", `{"x":${"[".repeat(levels)}${"]".repeat(levels)},`);
    const refused: Record<string, [string, string]> = {
      "time out of bounds": [kept({ created: 1e15 }), "body.created"],
      "id with NUL": [kept({ id: "evt_\0" }), "body.id"],
      "text with NUL": [
        event("payment_intent.succeeded", { ...intent, description: "a\0b" }),
        "body.data.object.description",
      ],
      "half a surrogate pair": [
        event("customer.created", { names: ["a", "\ud800"] }),
        "body.data.object.names.1",
      ],
      "a key with NUL": [
        event("customer.created", { metadata: { "a\0": "b" } }),
        "body.data.object.metadata",
      ],
      "an endless id of a payment": [
        event("payment_intent.succeeded", { ...intent, id: "x".repeat(256) }),
        "body.id",
      ],
      "an endless id it refers to": [
        event("charge.refunded", { ...intent, amount_refunded: 1, payment_intent: "x".repeat(256) }),
        "body.payment_intent",
      ],
      "nested too deeply": [nested(64), "body"],
      "nested without end": [nested(20_000), "body"],
    };
    for (const [what, [body, path]] of Object.entries(refused)) {
      const answer = await post(body, signed(body));
      expect([...answer.refusal, answer.body.errors?.[0]?.path], what).toEqual([
        400,
        "validation_failed",
        path,
      ]);
    }
    expect(received).toEqual([]);
    const deep = nested(63);
    expect((await post(deep, signed(deep))).status).toBe(200);
  });

  it("acknowledges events that tell of no payment", async () => {
    const { post, received } = await webhook();
    for (const [id, type] of [
      ["evt_2", "customer.created"],
      ["evt_3", "constructor"],
    ] as const) {
      const other = event(type, { id: "cus_1" }, id);
      expect((await post(other, signed(other))).status).toBe(200);
    }
    expect(received.map(({ type, payment }) => [type, payment])).toEqual([
      ["customer.created", undefined],
      ["constructor", undefined],
    ]);
  });

  it("is not configured without a secret", async () => {
    const { app } = await nounsApi();
    const headers = signed(succeeded);
    const answer = await app.inject({ method: "POST", url: "/webhooks/stripe", headers, payload: succeeded });
    expect([answer.statusCode, answer.json().code]).toEqual([404, "not_configured"]);
  });

  it("leaves the other routes their JSON", async () => {
    const { as } = await webhook();
    expect((await as(ada)("POST", "/v1/rooms", { name: "A" })).status).toBe(201);
  });
});
