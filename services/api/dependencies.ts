import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Chains } from "../runtime/chains";
import type { EndedSessions } from "../runtime/ended-sessions";
import type { HealthReporter } from "../runtime/health";
import type { JobQueue } from "../runtime/jobs";
import type { KeyedHash } from "../runtime/keyed-hash";
import type { HttpMetrics } from "../runtime/metrics";
import type { Passwords } from "../runtime/passwords/passwords";
import type { Publisher } from "../runtime/publisher";
import type { RateLimits } from "../runtime/rate-limits";
import type { Storage } from "../runtime/storage";
import type { Audit } from "../runtime/store/audit";
import type { Store } from "../runtime/store/store";
import type { Tokens } from "../runtime/tokens";

/** Everything the API needs from outside, so that tests can hand in something else. */
export interface Dependencies {
  readonly log: FastifyBaseLogger;
  readonly store: Store;
  readonly jobs: JobQueue;
  readonly publisher: Publisher;
  /** Where files are; undefined where none is configured. */
  readonly storage: Storage | undefined;
  /** What Stripe signs its webhooks with; undefined where payments are not set up. */
  readonly stripeWebhookSecret: string | undefined;
  readonly audit: Audit;
  /** Chains with JSON-RPC providers; none when none are configured. */
  readonly chains: Chains;
  readonly tokens: Tokens;
  readonly endedSessions: EndedSessions;
  readonly passwords: Passwords;
  readonly rateLimits: RateLimits;
  /** For what must not be told from its hash: see anonymousRepeatable. */
  readonly keyedHash: KeyedHash;
  readonly health: HealthReporter;
  readonly metrics: HttpMetrics;
  /** Origins that browsers may call from. */
  readonly allowedOrigins: readonly string[];
}

/** The Fastify application with schemas by zod. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;
