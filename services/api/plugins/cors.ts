import type { Api } from "../dependencies";

const methods = "GET, POST";
const requestHeaders = "authorization, content-type, idempotency-key, x-request-id";
const answerHeaders = "x-request-id, idempotent-replayed, retry-after";

/** Seconds that a browser may keep the answer to a preflight. */
const preflightSeconds = "600";

/**
 * Lets pages of the listed origins call the API; others get no permission, so that their browser keeps the answer
 * from them. Tokens travel in a header, never in a cookie, so credentials are not allowed.
 */
export function registerCors(app: Api, allowedOrigins: readonly string[]): void {
  const allowed = new Set(allowedOrigins);
  app.addHook("onRequest", async (request, reply) => {
    if (allowed.size === 0) return;
    reply.header("vary", "Origin");
    const origin = request.headers.origin;
    if (origin === undefined || !allowed.has(origin)) return;
    reply.header("access-control-allow-origin", origin);
    reply.header("access-control-expose-headers", answerHeaders);
    if (request.method !== "OPTIONS" || request.headers["access-control-request-method"] === undefined)
      return;
    return reply
      .header("access-control-allow-methods", methods)
      .header("access-control-allow-headers", requestHeaders)
      .header("access-control-max-age", preflightSeconds)
      .code(204)
      .send();
  });
}
