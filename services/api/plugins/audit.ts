import type { FastifyRequest } from "fastify";
import type { Origin } from "../../runtime/store/audit";

/** Who sends a request and from where, for the audit table. */
export function auditOf(request: FastifyRequest): Origin {
  return { userId: request.principal?.user.id, requestId: request.id, address: request.ip };
}
