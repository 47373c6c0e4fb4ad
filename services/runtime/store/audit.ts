import type pg from "pg";
import type { AuditAction } from "../../contract/administration";
import type { Logger } from "../log";
import type { Queryable } from "./transaction";

/** Whose doing something is, as far as it is known. */
export interface Origin {
  readonly userId?: string | undefined;
  readonly requestId?: string | undefined;
  /** IP address. */
  readonly address?: string | undefined;
}

export interface AuditEntry extends Origin {
  readonly action: AuditAction;
  /** Id of what it was done to. */
  readonly target?: string | undefined;
  /** Never a password, token or other secret. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Who did what. Where the action has a transaction, use `recordIn`, so that neither is there without the other. */
export interface Audit {
  /** Never rejects: what has happened has happened. An entry that cannot be written is a line in the log instead. */
  record(entry: AuditEntry): Promise<void>;
}

export function createAudit(pool: Pick<pg.Pool, "query">, log: Pick<Logger, "error">): Audit {
  return {
    async record(entry) {
      try {
        await recordIn(pool, entry);
      } catch (error) {
        log.error({ err: error, audit: entry }, "an audit entry could not be written");
      }
    },
  };
}

export async function recordIn(client: Pick<Queryable, "query">, entry: AuditEntry): Promise<void> {
  await client.query(
    `INSERT INTO audit_log (user_id, action, target, request_id, address, detail)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [
      entry.userId ?? null,
      entry.action,
      entry.target ?? null,
      entry.requestId ?? null,
      entry.address ?? null,
      JSON.stringify(entry.detail ?? {}),
    ],
  );
}
