import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { HealthReporter } from "../runtime/health";
import type { JobQueue } from "../runtime/jobs";
import type { HttpMetrics } from "../runtime/metrics";
import type { Publisher } from "../runtime/publisher";
import type { Store } from "../runtime/store/store";
import type { Tokens } from "../runtime/tokens";

/** Everything the API needs from outside, so that tests can hand in something else. */
export interface Dependencies {
  readonly log: FastifyBaseLogger;
  readonly store: Store;
  readonly jobs: JobQueue;
  readonly publisher: Publisher;
  readonly tokens: Tokens;
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
