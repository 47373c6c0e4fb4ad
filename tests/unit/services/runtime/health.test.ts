import { describe, expect, it, vi } from "vitest";
import { type Check, HealthReporter } from "../../../../services/runtime/health";
import { answer, healthRoutes } from "../../../../services/runtime/http";
import { createLog } from "../../../../services/runtime/log";

const good = (name: string): Check => ({ name, run: async () => "PONG" });
const bad = (name: string): Check => ({
  name,
  run: () => Promise.reject(new Error("connect ECONNREFUSED 10.0.0.3")),
});
const reporter = (...checks: Check[]) => new HealthReporter({ service: "api", version: "1.2.3", checks });

describe("HealthReporter", () => {
  it("is ready when every check passes", async () => {
    expect(await reporter(good("postgres"), good("redis")).ready()).toMatchObject({
      status: "ready",
      service: "api",
      failing: [],
      checks: { postgres: "ok", redis: "ok" },
    });
  });

  it("names what does not answer, without its address", async () => {
    const report = await reporter(good("postgres"), bad("redis")).ready();
    expect(report).toMatchObject({
      status: "unavailable",
      failing: ["redis"],
      checks: { postgres: "ok", redis: "does not answer" },
    });
  });

  it("logs why a check fails, and that it passes again, once each", async () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const failure = new Error("password authentication failed");
    const results = [failure, failure, undefined, undefined];
    const run = async () => {
      const result = results.shift();
      if (result !== undefined) throw result;
    };
    const log = createLog({ service: "api", level: "info", stack: "dev", version: "1", destination });
    const health = new HealthReporter({
      service: "api",
      version: "1",
      checks: [{ name: "postgres", run }],
      log,
    });
    for (const _ of [1, 2, 3, 4]) await health.ready();
    expect(
      lines.map((line) => JSON.parse(line)).map(({ check, msg, err }) => [check, msg, err?.message]),
    ).toEqual([
      ["postgres", "a readiness check fails", "password authentication failed"],
      ["postgres", "a readiness check passes again", undefined],
    ]);
  });

  it("gives up on a check after a second", async () => {
    vi.useFakeTimers();
    try {
      const report = reporter({ name: "postgres", run: () => new Promise(() => undefined) }).ready();
      await vi.advanceTimersByTimeAsync(1_000);
      expect(await report).toMatchObject({ checks: { postgres: "did not answer within 1000 ms" } });
    } finally {
      vi.useRealTimers();
    }
  });

  it("is no longer ready once it drains, and still alive", async () => {
    const health = reporter(good("postgres"));
    health.drain();
    expect((await health.ready()).status).toBe("draining");
    expect(health.live()).toMatchObject({ status: "ok", service: "api", version: "1.2.3" });
  });

  it("shares one run of the checks among callers that come at once", async () => {
    let runs = 0;
    const health = reporter({ name: "postgres", run: async () => runs++ });
    await Promise.all([health.ready(), health.ready(), health.ready()]);
    expect(runs).toBe(1);
    await health.ready();
    expect(runs).toBe(2);
  });
});

describe("the health listener", () => {
  it("answers 200 and 503, and a problem for anything else", async () => {
    const routes = healthRoutes(reporter(bad("postgres")));
    expect((await answer(routes, "GET", "/health?x=1")).status).toBe(200);
    expect((await answer(routes, "GET", "/ready")).status).toBe(503);
    const missing = await answer(routes, "POST", "/health");
    expect(missing).toMatchObject({ status: 404, type: "application/problem+json" });
    expect(JSON.parse(missing.body)).toMatchObject({
      code: "route_not_found",
      detail: "There is no POST /health.",
    });
  });
});
