import type { FastifyRequest } from "fastify";
import type { Actor } from "../../runtime/store/actor";
import { auditOf } from "./audit";
import { principalOf } from "./authentication";

/** The sender of a request as the audit table has them. */
export const actorOf = (request: FastifyRequest): Actor => ({
  ...auditOf(request),
  user: principalOf(request).user,
});
