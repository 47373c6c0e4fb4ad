import { expect, it } from "vitest";
import { crash } from "../crash";
import { Prometheus } from "./prometheus";
import type { FaultRig } from "./rig";

export function describeAlerts(rig: FaultRig): void {
  const { stack } = rig;
  const prometheus = new Prometheus(rig);

  it("say which process has ended and was started again", async () => {
    const [, replica] = await stack.containers("api");
    if (replica === undefined) throw new Error("there is no second replica of the API");
    const began = Date.now();
    const others = await rig.container("proxy");
    await crash(replica.id);
    await prometheus.expectAlert("Restarted", { job: "api", instance: `${replica.name}:3090` });
    expect(await rig.container("proxy")).toBe(others);
    expect((await prometheus.firing("Restarted")).filter(({ job }) => job === "proxy")).toEqual([]);
    const span = await rig.load.span(began);
    expect(span.failures.filter(({ method }) => method === "GET")).toEqual([]);
  });

  it("say that memory was over", () => prometheus.expectAlert("OutOfMemory", { job: "node" }));

  it("that are none are refused, and Prometheus goes on with those that it has", async () => {
    const path = "components/monitoring/prometheus.ts";
    const before = await prometheus.rules();
    expect(Object.keys(before).length).toBeGreaterThan(10);
    stack.change(path, 'expr: "up == 0"', 'expr: "up === 0"');
    try {
      const { exitCode, stderr } = await stack.deploy();
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/prometheus: [\s\S]*alerts\.yml[\s\S]*TargetDown/);
    } finally {
      stack.restore(path);
    }
    expect(await prometheus.rules()).toEqual(before);
    const next = await stack.deploy();
    expect(next, next.stderr).toMatchObject({ exitCode: 0 });
    expect(await prometheus.rules()).toEqual(before);
  });
}
