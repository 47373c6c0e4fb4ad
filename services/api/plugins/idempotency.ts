import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { KeyedHash } from "../../runtime/keyed-hash";
import type { AnonymousRepeatable } from "../../runtime/store/anonymous-keys";
import { fingerprintOf, type Outcome, type Repeatable } from "../../runtime/store/idempotency";
import { principalOf } from "./authentication";

/** Headers of a request that creates something. */
export const creationHeaders = z.looseObject({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, "must be 1 to 255 printable ASCII characters without spaces")
    .optional()
    .describe(
      "Requests under one key have one effect and one answer, repeated with the header `idempotent-replayed: true`",
    ),
});

/** Headers of a request that makes an account: keys of strangers must not meet, so theirs cannot be guessed. */
export const anonymousCreationHeaders = z.looseObject({
  "idempotency-key": z
    .uuid()
    .optional()
    .describe("A random UUID. Requests under one key make one account; each gets a session of its own"),
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

/** The same for a request without a user. */
export function anonymousRepeatable(
  request: FastifyRequest & { headers: Headers },
  hash: KeyedHash,
): AnonymousRepeatable | undefined {
  const key = request.headers["idempotency-key"];
  if (key === undefined) return undefined;
  return {
    keyHash: hash("key", key.toLowerCase()),
    fingerprint: hash("request", request.routeOptions.url, request.body),
  };
}

/** Tells the client that the answer is an earlier one. */
export function markReplay(reply: FastifyReply, { replayed }: Pick<Outcome<unknown>, "replayed">): void {
  if (replayed) reply.header("idempotent-replayed", "true");
}
