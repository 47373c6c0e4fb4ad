import type { User } from "../../contract/accounts";
import type { AuditAction } from "../../contract/administration";
import { type Origin, recordIn } from "./audit";
import type { Queryable } from "./transaction";

/** Who changes something, and how they came: what the audit table tells. */
export interface Actor extends Omit<Origin, "userId"> {
  readonly user: User;
}

/** Records in the audit table, and in the transaction of `client`, what `actor` did. */
export function recordOf(
  client: Queryable,
  { user, requestId, address }: Actor,
  action: AuditAction,
  target: string,
  detail: Record<string, unknown> = {},
): Promise<void> {
  return recordIn(client, { userId: user.id, requestId, address, action, target, detail });
}
