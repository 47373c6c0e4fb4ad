import { describe, expect, it } from "vitest";
import { type ContainerSpec, planContainer } from "../../../components/shared/container";
import {
  cpuText,
  formatMemory,
  parseCpu,
  parseDuration,
  parseMemory,
} from "../../../components/shared/units";

const spec: ContainerSpec = {
  stack: "dev",
  service: "api",
  slot: 0,
  image: "backline/dev-api:0123456789ab",
  memory: 512,
  cpu: 0.5,
  networks: [{ name: "dev-edge", aliases: ["api"] }],
  health: { test: ["true"], interval: 10, startPeriod: 5 },
  stopGrace: 25,
};

describe("planContainer", () => {
  it("names a container by stack, service, slot and a hash of what it is", () => {
    expect(planContainer(spec).name).toMatch(/^dev-api-0-[0-9a-f]{10}$/);
    expect(planContainer({ ...spec }).name).toBe(planContainer(spec).name);
  });

  it.each([
    ["image", { image: "backline/dev-api:ffffffffffff" }],
    ["memory", { memory: 513 }],
    ["CPU", { cpu: 0.6 }],
    ["environment", { environment: { LOG_LEVEL: "debug" } }],
    [
      "mounted files",
      { binds: [{ hostPath: "/var/lib/backline/dev/api-1", containerPath: "/run/backline" }] },
    ],
    ["time to stop", { stopGrace: 30 }],
  ])("gives another name when the %s changes", (_what, change) => {
    expect(planContainer({ ...spec, ...change }).name).not.toBe(planContainer(spec).name);
  });

  it("does not depend on the order in which the environment is written", () => {
    const one = planContainer({ ...spec, environment: { A: "1", B: "2" } });
    const other = planContainer({ ...spec, environment: { B: "2", A: "1" } });
    expect(one).toMatchObject({ name: other.name, args: { envs: ["A=1", "B=2"] } });
  });
});

describe("units", () => {
  it.each([
    ["512Mi", 512],
    ["2Gi", 2048],
    ["1.5Gi", 1536],
  ])("reads %s as %d MiB", (text, expected) => {
    expect(parseMemory(text)).toBe(expected);
  });

  it.each([
    ["500ms", 0.5],
    ["30s", 30],
    ["5m", 300],
    ["8h", 28_800],
    ["15d", 1_296_000],
  ])("reads %s as %d s", (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  it.each([
    [1024, "1Gi"],
    [1536, "1536Mi"],
    [64, "64Mi"],
  ])("writes %d MiB as %s", (value, expected) => {
    expect(formatMemory(value)).toBe(expected);
  });

  it.each([
    [1, "1.0"],
    [0.5, "0.5"],
    [0.375, "0.375"],
    [0.25, "0.25"],
    [2, "2.0"],
    [10, "10."],
  ])("writes %d cores as the provider reads them back: %s", (value, expected) => {
    expect(cpuText(value)).toBe(expected);
  });

  it("refuses cores that the provider would read back as others", () => {
    expect(() => parseCpu(10.05)).toThrow("10.05 cores cannot be kept by the Docker provider; write 10.1");
  });
});
