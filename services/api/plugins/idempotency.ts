import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { fingerprintOf, type Outcome, type Repeatable } from "../../runtime/store/idempotency";
import { principalOf } from "./authentication";

/** Headers of a request that creates something. */
export const creationHeaders = z.looseObject({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, "must be 1 to 255 printable ASCII characters without spaces")
    .optional(),
});

type Headers = z.infer<typeof creationHeaders>;

/** The key of a request together with what it asks for; undefined when the client gave no key. */
export function repeatable(request: FastifyRequest & { headers: Headers }): Repeatable | undefined {
  const key = request.headers["idempotency-key"];
  if (key === undefined) return undefined;
  const path = request.url.split("?", 1)[0];
  return {
    userId: principalOf(request).user.id,
    key,
    fingerprint: fingerprintOf(request.method, path, request.body),
  };
}

/** Tells the client that the answer is an earlier one. */
export function markReplay(reply: FastifyReply, { replayed }: Outcome<unknown>): void {
  if (replayed) reply.header("idempotent-replayed", "true");
}
