import { spawn } from "node:child_process";
import { describe, expect, it } from "vitest";
import { parseStatus, processesNamed } from "../../../../toolchain/docker/processes";

const text = (state: string, ids: string) =>
  `Name:\tdockerd\nUmask:\t0022\nState:\t${state}\nPid:\t16047\nNSpid:\t${ids}\n`;

describe("processes", () => {
  it("tells a process of this machine from one of a container by its namespaces", () => {
    expect(parseStatus(text("S (sleeping)", "16047"))).toEqual({ name: "dockerd", ended: false, depth: 1 });
    expect(parseStatus(text("S (sleeping)", "16047\t812"))).toEqual({
      name: "dockerd",
      ended: false,
      depth: 2,
    });
  });

  it("tells one that has ended and was not collected", () => {
    expect(parseStatus(text("Z (zombie)", "16047"))).toMatchObject({ ended: true });
  });

  it("knows nothing of a process that is gone", () => {
    expect(parseStatus("")).toBeUndefined();
  });

  it("finds a process that runs, by its name", async () => {
    const child = spawn("sleep", ["30"]);
    try {
      expect(await processesNamed("sleep")).toContain(child.pid);
    } finally {
      child.kill();
    }
  });
});
