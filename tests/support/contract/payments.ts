/** Webhooks of Stripe's, signed as Stripe signs them. */
import { createHmac, randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { webhookAnswer, webhookToleranceSeconds } from "../../../services/contract/payments";
import { type CallOptions, call, expectAnswer, expectProblem, type Reply } from "./call";
import { describeEndpoint } from "./endpoint";
import { guest } from "./people";
import type { ContractTarget } from "./target";

const now = (): number => Math.floor(Date.now() / 1_000);

/** https://docs.stripe.com/webhooks/signature: the header Stripe-Signature. */
export function stripeSignature(secret: string, payload: string | Buffer, at = now(), scheme = "v1"): string {
  const signature = createHmac("sha256", secret).update(`${at}.`).update(payload).digest("hex");
  return `t=${at},${scheme}=${signature}`;
}

interface Event {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** A payment of 12.50 EUR by somebody. */
export function paymentEvent(user: string, change: Record<string, unknown> = {}): Event {
  const id = `evt_${randomBytes(8).toString("hex")}`;
  const intent = {
    ...{ id: `pi_${id}`, object: "payment_intent", amount: 1_250, currency: "eur", metadata: { user } },
    ...change,
  };
  const type = "payment_intent.succeeded";
  return { id, object: "event", type, created: now(), data: { object: intent } };
}

/** A target's webhook, with the secret that it checks. */
export class Webhook {
  constructor(private readonly target: ContractTarget) {}

  get secret(): string {
    const { stripeSecret } = this.target.offers();
    if (stripeSecret === undefined) throw new Error("payments are not configured");
    return stripeSecret;
  }

  send(raw: string | Buffer, signature: string | undefined, options: CallOptions = {}): Promise<Reply> {
    const headers = {
      "content-type": "application/json",
      ...(signature === undefined ? {} : { "stripe-signature": signature }),
      ...options.headers,
    };
    return call(this.target, "POST", "/webhooks/stripe", { raw, headers });
  }

  /** Sends it as Stripe would. */
  signed(event: unknown, at?: number): Promise<Reply> {
    const raw = typeof event === "string" ? event : JSON.stringify(event);
    return this.send(raw, stripeSignature(this.secret, raw, at));
  }

  /** Events and payments that are stored. */
  stored(): Promise<string> {
    return this.target
      .inside()
      .sql("SELECT (SELECT count(*) FROM stripe_events), (SELECT count(*) FROM payments)");
  }
}

export function describePayments(target: ContractTarget): void {
  const webhook = new Webhook(target);
  const offered = () => target.offers().stripeSecret !== undefined;
  const notOffered = async () => void expectProblem(await webhook.send("{}", "t=1,v1=00"), "not_configured");
  const paymentOf = (id: string) =>
    target.inside().sql(`SELECT user_id, amount, currency, status FROM payments WHERE id = 'pi_${id}'`);

  describeEndpoint("POST /webhooks/stripe", {
    async success() {
      if (!offered()) return notOffered();
      const { id: user } = await guest(target);
      const event = paymentEvent(user);
      expectAnswer(await webhook.signed(event), 200, webhookAnswer);
      expect(await paymentOf(event.id)).toBe(`${user}|1250|eur|succeeded`);
    },
    async "bad input"() {
      if (!offered()) return notOffered();
      const before = await webhook.stored();
      expectProblem(await webhook.signed("{"), "malformed_body");
      expectProblem(await webhook.signed({ id: 7 }), "validation_failed");
      expect(await webhook.stored()).toBe(before);
    },
    async "missing right"() {
      if (!offered()) return notOffered();
      const before = await webhook.stored();
      const raw = JSON.stringify(paymentEvent((await guest(target)).id));
      expectProblem(await webhook.send(raw, undefined), "invalid_signature");
      expectProblem(await webhook.send(raw, stripeSignature("whsec_other", raw)), "invalid_signature");
      expect(await webhook.stored()).toBe(before);
    },
    async "wrong state"() {
      if (!offered()) return notOffered();
      const { id: user } = await guest(target);
      const event = paymentEvent(user);
      for (let times = 0; times < 3; times += 1)
        expectAnswer(await webhook.signed(event), 200, webhookAnswer);
      const rows = await target.inside().sql(`SELECT count(*) FROM stripe_events WHERE id = '${event.id}'`);
      expect([rows, await paymentOf(event.id)]).toEqual(["1", `${user}|1250|eur|succeeded`]);
    },
  });
}

/** Webhooks that nobody honest sends, and what they are answered with. */
export function describeBadWebhooks(target: ContractTarget): void {
  const webhook = new Webhook(target);

  it("refuses 20 forged, old, replayed and malformed webhooks, and stores nothing of them", async () => {
    const user = (await guest(target)).id;
    const good = paymentEvent(user);
    const raw = JSON.stringify(good);
    if (target.offers().stripeSecret === undefined) {
      expectProblem(await webhook.send(raw, stripeSignature("whsec_any", raw)), "not_configured");
      return;
    }
    const before = await webhook.stored();
    const { secret } = webhook;
    const fit = stripeSignature(secret, raw);
    const old = now() - webhookToleranceSeconds - 60;
    const forged: Record<string, string | undefined> = {
      "no signature": undefined,
      "an empty one": "",
      "another secret": stripeSignature(`${secret}x`, raw),
      "an empty secret": stripeSignature("x", raw),
      "another body": stripeSignature(secret, `${raw} `),
      "too old": stripeSignature(secret, raw, old),
      "another time than was signed": fit.replace(/t=\d+/, `t=${now() + 1}`),
      "no time": fit.replace(/t=\d+,/, ""),
      "a time that is no number": fit.replace(/t=\d+/, "t=NaN"),
      "no hash": fit.replace(/,v1=.*/, ""),
      "half a hash": fit.slice(0, -32),
      "an old scheme alone": stripeSignature(secret, raw, now(), "v0"),
      garbage: "<script>alert(1)</script>",
      "a long one": `t=1,${"v1=00,".repeat(500)}`,
    };
    for (const [what, signature] of Object.entries(forged))
      expectProblem(await webhook.send(raw, signature), "invalid_signature", what);
    const malformed: [string, unknown][] = [
      ["half of it", raw.slice(0, -10)],
      ["no JSON", "type=payment"],
      ["an empty body", ""],
    ];
    for (const [what, body] of malformed) {
      const { status } = await webhook.signed(body);
      expect(status, what).toBe(400);
    }
    const wrong: [string, unknown][] = [
      ["null", null],
      ["a list", [good]],
      ["a number as id", { ...good, id: 7 }],
      ["no type", { ...good, type: undefined }],
      ["no data", { ...good, data: null }],
      ["a negative amount", paymentEvent(user, { amount: -1 })],
      ["a huge amount", paymentEvent(user, { amount: 1e300 })],
      ["half a cent", paymentEvent(user, { amount: 0.5 })],
      ["a time in the far future", { ...good, created: 1e15 }],
      ["an id with NUL", { ...good, id: "evt_\u0000" }],
      ["text with NUL", paymentEvent(user, { description: "a\u0000b" })],
      ["a lone surrogate", paymentEvent(user, { description: "\ud800" })],
    ];
    for (const [what, event] of wrong) expectProblem(await webhook.signed(event), "validation_failed", what);
    const deep = `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`;
    const nested = await webhook.signed(raw.replace('"metadata":', `"deep":${deep},"metadata":`));
    expect(nested.status, nested.text).toBe(400);
    expect(await webhook.stored()).toBe(before);
    const large = JSON.stringify(paymentEvent(user, { description: "x".repeat(10 * 1024 * 1024) }));
    expectProblem(await webhook.signed(large), "body_too_large");
    const form = await webhook.send(raw, fit, { headers: { "content-type": "text/plain" } });
    expectProblem(form, "unsupported_media_type");
    expect(await webhook.stored()).toBe(before);
    // What is only strange is taken, once, and stays text.
    const strange = paymentEvent("'; DROP TABLE payments; --", { __proto__x: 1, description: "<script>" });
    for (let times = 0; times < 2; times += 1)
      expectAnswer(await webhook.signed(strange), 200, webhookAnswer);
    expect(await target.inside().sql(`SELECT user_id FROM payments WHERE id = 'pi_${strange.id}'`)).toBe("");
  });
}
