import type pg from "pg";
import { type Origin, recordIn } from "./audit";
import { inTransaction, type Queryable } from "./transaction";

/** In the order in which a payment can take them: what decides between two events of one second. */
const paymentStatuses = ["pending", "failed", "succeeded", "partially_refunded", "refunded"] as const;
export type PaymentStatus = (typeof paymentStatuses)[number];

/** How a payment stands after an event. */
export interface Payment {
  /** Stripe's id of the payment intent, or of the check-out session or charge that has none. */
  readonly id: string;
  /** The user whom it names, if it is one of ours. */
  readonly userId: string | undefined;
  /** In the currency's smallest unit. */
  readonly amount: number;
  readonly currency: string;
  readonly status: PaymentStatus;
}

/** An event of Stripe's whose signature was checked. */
export interface PaymentEvent {
  readonly id: string;
  readonly type: string;
  /** When it happened. Events arrive in any order. */
  readonly createdAt: Date;
  /** The event as it came. */
  readonly payload: unknown;
  /** Undefined for events that tell of no payment. */
  readonly payment: Payment | undefined;
}

/** Payments in PostgreSQL. Throws `store_unavailable` while PostgreSQL is away: Stripe then sends the event again. */
export interface Payments {
  /** Takes an event up, once, however often it comes; tells whether it was the first time. */
  receive(event: PaymentEvent, from: Origin): Promise<boolean>;
}

export function createPayments(pool: pg.Pool): Payments {
  return {
    receive: (event, { requestId, address }) =>
      inTransaction(pool, async (client) => {
        const { rowCount } = await client.query(
          "INSERT INTO stripe_events (id, type, payload) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
          [event.id, event.type, JSON.stringify(event.payload)],
        );
        if (rowCount === 0) return false;
        if (event.payment !== undefined) {
          const { id: target, amount, currency, status } = event.payment;
          const userId = await apply(client, event, event.payment);
          const detail = { event: event.id, type: event.type, amount, currency, status };
          await recordIn(client, { userId, action: "payment.received", target, requestId, address, detail });
        }
        return true;
      }),
  };
}

/** Brings the payment up to date unless a later event has done so. Returns the id of its user, if we know them. */
async function apply(client: Queryable, event: PaymentEvent, payment: Payment): Promise<string | undefined> {
  const { rows } = await client.query<{ user_id: string | null }>(
    `INSERT INTO payments AS kept (id, user_id, event_id, amount, currency, status, updated_at)
     VALUES ($1, (SELECT id FROM users WHERE id = $2), $3, $4, $5, $6, $7)
     ON CONFLICT (id) DO UPDATE SET
       user_id = coalesce(kept.user_id, EXCLUDED.user_id),
       (event_id, amount, currency, status, updated_at) = (
         SELECT later.* FROM (VALUES
           (kept.event_id, kept.amount, kept.currency, kept.status, kept.updated_at),
           (EXCLUDED.event_id, EXCLUDED.amount, EXCLUDED.currency, EXCLUDED.status, EXCLUDED.updated_at)
         ) AS later (event_id, amount, currency, status, updated_at)
         ORDER BY updated_at DESC, array_position($8::text[], status) DESC LIMIT 1
       )
     RETURNING user_id`,
    [
      payment.id,
      payment.userId ?? null,
      event.id,
      payment.amount,
      payment.currency,
      payment.status,
      event.createdAt,
      [...paymentStatuses],
    ],
  );
  return rows[0]?.user_id ?? undefined;
}
