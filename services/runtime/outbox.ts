import type pg from "pg";
import type { OutboxEvent } from "../contract/outbox";
import type { Logger } from "./log";
import type { Queryable } from "./store/transaction";

/** Milliseconds in which announced rows are gathered before they are removed together. */
const gatherMilliseconds = 50;

export interface Outbox {
  /** The row was announced; it is removed soon. If that fails the worker announces it again, which harms nobody. */
  announced(id: string): void;
  /** Removes what is gathered. */
  close(): Promise<void>;
}

/** The producers' side of the outbox: see services/contract/outbox.ts. */
export function createOutbox(pool: Pick<pg.Pool, "query">, log: Pick<Logger, "warn">): Outbox {
  let gathered: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const ids = gathered;
    gathered = [];
    if (ids.length === 0) return;
    try {
      await pool.query("DELETE FROM outbox WHERE id = ANY ($1::bigint[])", [ids]);
    } catch (error) {
      log.warn({ err: error, rows: ids.length }, "announced rows stay in the outbox for now");
    }
  };
  return {
    announced(id) {
      gathered.push(id);
      timer ??= setTimeout(() => void flush(), gatherMilliseconds);
    },
    close: flush,
  };
}

/** What a mail is made of. */
export type MailPayload = Extract<OutboxEvent, { topic: "email" }>["payload"];

/** Has a mail sent once the transaction of `client` is committed, and not if it is rolled back. */
export async function enqueueMail(client: Queryable, payload: MailPayload): Promise<void> {
  await client.query("INSERT INTO outbox (topic, payload, due_at) VALUES ('email', $1, clock_timestamp())", [
    JSON.stringify(payload),
  ]);
}
