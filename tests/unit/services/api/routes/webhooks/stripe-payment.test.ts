import { describe, expect, it } from "vitest";
import { paymentOf } from "../../../../../../services/api/routes/webhooks/stripe-payment";

const user = "6f0b4f1e-93a8-4c88-9a53-6f0f4a0f8a11";
const of = (type: string, object: Record<string, unknown>) =>
  paymentOf({ id: "evt_1", type, created: 1, data: { object } });

const session = {
  id: "cs_1",
  payment_intent: "pi_1",
  payment_status: "paid",
  amount_total: 500,
  currency: "usd",
  client_reference_id: user,
  metadata: {},
};
const intent = { id: "pi_1", amount: 500, currency: "usd", metadata: { user } };
const charge = { id: "ch_1", payment_intent: "pi_1", amount: 500, amount_refunded: 500, currency: "usd" };
const payment = { id: "pi_1", userId: user, amount: 500, currency: "usd", status: "succeeded" };

describe("paymentOf", () => {
  it("knows a payment by its intent, whichever event tells of it", () => {
    expect(of("checkout.session.completed", session)).toEqual(payment);
    expect(of("checkout.session.completed", { ...session, payment_intent: { id: "pi_1" } })).toEqual(payment);
    expect(of("payment_intent.succeeded", intent)).toEqual(payment);
    expect(of("payment_intent.payment_failed", intent)).toEqual({ ...payment, status: "failed" });
    expect(of("charge.refunded", charge)).toEqual({ ...payment, userId: undefined, status: "refunded" });
  });

  it("knows it by the session or charge where there is no intent", () => {
    expect(of("checkout.session.completed", { ...session, payment_intent: null })?.id).toBe("cs_1");
    expect(of("charge.refunded", { ...charge, payment_intent: null })?.id).toBe("ch_1");
  });

  it("tells pending check-outs and partial refunds apart", () => {
    expect(of("checkout.session.completed", { ...session, payment_status: "unpaid" })?.status).toBe(
      "pending",
    );
    expect(of("charge.refunded", { ...charge, amount_refunded: 1 })?.status).toBe("partially_refunded");
  });

  it("takes nothing for a user that is no UUID", () => {
    const named = { ...session, client_reference_id: "order-7" };
    expect(of("checkout.session.completed", named)?.userId).toBeUndefined();
    expect(of("checkout.session.completed", { ...named, metadata: { user } })?.userId).toBe(user);
    expect(of("payment_intent.succeeded", { ...intent, metadata: { user: "x" } })?.userId).toBeUndefined();
  });

  it("sees no payment in set-ups and in other events", () => {
    expect(
      of("checkout.session.completed", { ...session, amount_total: null, currency: null }),
    ).toBeUndefined();
    expect(of("customer.created", {})).toBeUndefined();
    expect(of("toString", {})).toBeUndefined();
  });
});
