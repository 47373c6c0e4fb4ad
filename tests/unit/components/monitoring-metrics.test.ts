import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { renderDashboard } from "../../../components/monitoring/grafana";
import { renderAlerts } from "../../../components/monitoring/prometheus";
import {
  collectPool,
  collectQueueAge,
  collectQueueDepth,
  createRegistry,
  httpMetrics,
  jobMetrics,
  socketMetrics,
} from "../../../services/runtime/metrics";
import { outboundMetrics } from "../../../services/runtime/outbound/metrics";

/** Names of the services' metrics, with those that a histogram is made of. */
async function names(): Promise<Set<string>> {
  const services = new Registry();
  for (const add of [httpMetrics, jobMetrics, socketMetrics, outboundMetrics]) add(services);
  collectPool(services, { totalCount: 0, idleCount: 0, waitingCount: 0 });
  collectQueueDepth(services, "jobs", async () => ({}));
  collectQueueAge(services, "jobs", async () => undefined);
  const all = [...(await services.getMetricsAsJSON()), ...(await createRegistry().getMetricsAsJSON())];
  return new Set(all.flatMap(({ name }) => [name, `${name}_count`, `${name}_bucket`]));
}

const prefixes = /\b(?:http|websocket|jobs|job|queue|outbound|nodejs|postgres_pool)_[a-z0-9_]+/g;
const used = (text: string): string[] => [...new Set(text.match(prefixes) ?? [])].sort();

describe("the metrics of alerts and dashboards", () => {
  it.each([
    ["alerts.yml", renderAlerts(["postgres", "redis"])],
    ["the dashboard", renderDashboard("dev", ["postgres", "redis"])],
  ])("in %s exist in the services", async (_name, text) => {
    const known = await names();
    expect(used(text).length).toBeGreaterThan(5);
    expect(used(text).filter((name) => !known.has(name))).toEqual([]);
  });
});
