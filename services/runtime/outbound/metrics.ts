import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** Providers are named by their rank, never by an address: URLs hold keys. */
export const outboundMetrics = (registry: Registry) => ({
  duration: new Histogram({
    name: "outbound_request_duration_seconds",
    help: "Time of one attempt by its outcome: ok, refused, aborted, or why the provider failed",
    labelNames: ["client", "provider", "outcome"],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  }),
  retries: new Counter({
    name: "outbound_retries_total",
    help: "Attempts after the first one at the same provider",
    labelNames: ["client", "provider"],
    registers: [registry],
  }),
  breaker: new Gauge({
    name: "outbound_breaker_state",
    help: "Circuit breaker of a provider: 0 closed, 1 trying whether it works again, 2 open",
    labelNames: ["client", "provider"],
    registers: [registry],
  }),
});
export type OutboundMetrics = ReturnType<typeof outboundMetrics>;
