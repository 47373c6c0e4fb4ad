import type { FastifyReply } from "fastify";
import { Problem } from "../../contract/problems";
import type { Count } from "../../runtime/counter";
import type { RateLimits } from "../../runtime/rate-limits";
import type { Api } from "../dependencies";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Requests of this route are not counted. */
    unlimited?: true;
  }
}

export const rateLimitHeaders = ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"] as const;

/** Counts requests and refuses those above the limit, whoever they come from. */
export function registerRateLimits(app: Api, limits: Pick<RateLimits, "request">): void {
  app.addHook("onRequest", (request, reply, done) => {
    if (request.routeOptions.config.unlimited === true || request.method === "OPTIONS") return done();
    // An address is worked out only where it counts.
    const userId = request.principal?.user.id;
    const counted = limits.request(userId, userId === undefined ? request.ip : "");
    if (counted === undefined) return done();
    counted
      .then((count) => {
        tellLimit(reply, count);
        return count.allowed ? undefined : tooMany(count, "Too many requests; wait a little.");
      })
      .then(done, done);
  });
}

function tellLimit(reply: FastifyReply, { limit, remaining, resetSeconds }: Count): void {
  reply.header("ratelimit-limit", limit);
  reply.header("ratelimit-remaining", remaining);
  reply.header("ratelimit-reset", resetSeconds);
}

export const tooMany = ({ resetSeconds }: Count, detail: string): Problem =>
  new Problem("rate_limited", detail, { retryAfter: resetSeconds });
