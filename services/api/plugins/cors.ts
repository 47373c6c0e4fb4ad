import cors from "@fastify/cors";
import type { Api } from "../dependencies";
import { rateLimitHeaders } from "./rate-limits";

/** Seconds that a browser may keep the answer to a preflight. */
const preflightSeconds = 600;

/**
 * Lets pages of the listed origins call the API; others get no permission, so that their browser keeps the answer
 * from them. Tokens travel in a header, never in a cookie, so credentials are not allowed.
 */
export function registerCors(app: Api, allowedOrigins: readonly string[]): void {
  if (allowedOrigins.length === 0) return;
  app.register(cors, {
    origin: [...allowedOrigins],
    methods: ["GET", "POST", "PATCH", "PUT", "DELETE"],
    allowedHeaders: ["authorization", "content-type", "idempotency-key", "x-request-id"],
    exposedHeaders: ["x-request-id", "idempotent-replayed", "retry-after", ...rateLimitHeaders],
    maxAge: preflightSeconds,
  });
}
