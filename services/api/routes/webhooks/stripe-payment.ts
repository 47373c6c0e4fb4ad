/** What events of Stripe's say about payments: https://docs.stripe.com/api/events/types. */
import { z } from "zod";
import { identifier } from "../../../contract/text";
import type { Payment } from "../../../runtime/store/payments";

/** Seconds since 1970: the last of the year 9999. Dates of the language and of the database end beyond it. */
const lastSecond = 253_402_300_799;

/** An index of the database takes no text of any length. */
const stripeId = z.string().min(1).max(255);

/** An event, as far as we read it. */
export const stripeEvent = z.object({
  id: stripeId,
  type: z.string().min(1).max(255),
  created: z.number().int().min(0).max(lastSecond),
  data: z.object({ object: z.record(z.string(), z.unknown()) }),
});
type StripeEvent = z.infer<typeof stripeEvent>;

const amount = z.number().int().min(0);
const currency = z.string().min(3).max(8);
/** Stripe names a thing by its id, or sends the thing itself. */
const reference = z.union([stripeId, z.object({ id: stripeId }).transform(({ id }) => id)]).nullish();
const metadata = z.record(z.string(), z.string()).nullish();

const checkoutSession = z.object({
  id: stripeId,
  payment_intent: reference,
  payment_status: z.string(),
  amount_total: amount.nullish(),
  currency: currency.nullish(),
  client_reference_id: z.string().nullish(),
  metadata,
});

const paymentIntent = z.object({ id: stripeId, amount, currency, metadata });

const charge = z.object({
  id: stripeId,
  payment_intent: reference,
  amount,
  amount_refunded: amount,
  currency,
  metadata,
});

const readers: Record<string, (object: unknown) => Payment | undefined> = {
  "checkout.session.completed": (object) => {
    const session = checkoutSession.parse(object);
    // A session that only sets up a payment method has no amount.
    if (session.amount_total == null || session.currency == null) return undefined;
    return {
      id: session.payment_intent ?? session.id,
      userId: userOf(session.client_reference_id, session.metadata),
      amount: session.amount_total,
      currency: session.currency,
      status: session.payment_status === "unpaid" ? "pending" : "succeeded",
    };
  },
  "payment_intent.succeeded": (object) => ofIntent(object, "succeeded"),
  "payment_intent.payment_failed": (object) => ofIntent(object, "failed"),
  "charge.refunded": (object) => {
    const refunded = charge.parse(object);
    return {
      id: refunded.payment_intent ?? refunded.id,
      userId: userOf(undefined, refunded.metadata),
      amount: refunded.amount,
      currency: refunded.currency,
      status: refunded.amount_refunded < refunded.amount ? "partially_refunded" : "refunded",
    };
  },
};

/** How the payment stands that the event tells of; undefined for other events. Throws ZodError when one is malformed. */
export function paymentOf({ type, data }: StripeEvent): Payment | undefined {
  return Object.hasOwn(readers, type) ? readers[type]?.(data.object) : undefined;
}

function ofIntent(object: unknown, status: Payment["status"]): Payment {
  const intent = paymentIntent.parse(object);
  const { id, amount, currency } = intent;
  return { id, userId: userOf(undefined, intent.metadata), amount, currency, status };
}

/** Shops put our user's id into client_reference_id or metadata.user; what is no UUID is somebody else's name. */
function userOf(reference: string | null | undefined, data: z.infer<typeof metadata>): string | undefined {
  return [reference, data?.user].find((id) => identifier.safeParse(id).success) ?? undefined;
}
