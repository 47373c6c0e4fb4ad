import type { HttpMetrics } from "../../runtime/metrics";
import type { Api } from "../dependencies";

/** Observes every answer under its route's pattern, so that ids in URLs do not multiply the series. */
export function registerMetrics(app: Api, metrics: HttpMetrics): void {
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "unmatched";
    metrics.duration.observe(
      { method: request.method, route, status: String(reply.statusCode) },
      reply.elapsedTime / 1_000,
    );
  });
}
