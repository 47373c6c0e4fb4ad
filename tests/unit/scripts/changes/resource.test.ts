import { describe, expect, it } from "vitest";
import { parseEvents } from "../../../../scripts/operations/changes/events";
import { foundChanges, plannedChanges } from "../../../../scripts/operations/changes/resource";
import { everything, planned, refreshed, said } from "./engine-lines";

const hidden = [["/srv/checkout", "."]] as const;
const changesOf = (text: string) => plannedChanges(parseEvents(text, hidden), hidden);

describe("what the engine plans", () => {
  it("is each resource once, deletions first, whatever the engine's order", () => {
    const named = (text: string) => changesOf(text).map(({ operation, name }) => `${operation} ${name}`);
    expect(named(everything)).toEqual([
      "delete old-gate",
      "delete redis-data",
      "replace api-0-name",
      "replace postgres",
      "update ws-0",
      "create fresh",
      "same backline-qa",
    ]);
    expect(named(everything.split("\n").reverse().join("\n"))).toEqual(named(everything));
  });

  it("holds no secret, nothing encrypted, no path of this machine, and says what is not known yet", () => {
    const changes = changesOf(everything);
    const inputsOf = (wanted: string) => changes.find(({ name }) => name === wanted)?.inputs;
    expect(inputsOf("fresh")).toEqual({
      create: "set -eu\necho 1\n",
      dir: "./.backline",
      image: "[unknown]",
    });
    expect(inputsOf("api-0-name")).toEqual({ create: "true", stdin: "[secret]", triggers: ["a", "c"] });
    expect(inputsOf("old-gate")).toEqual({ create: "[secret]" });
  });

  it("names what changes, what of it replaces, and secrets that look alike", () => {
    const changes = changesOf(everything);
    const of = (wanted: string) => changes.find(({ name }) => name === wanted)?.changes;
    expect(of("api-0-name")).toEqual([
      { path: "stdin", before: "[secret]", after: "[secret]", replaces: false },
      { path: "triggers", before: "b", after: undefined, replaces: true },
      { path: "triggers", before: undefined, after: "c", replaces: true },
    ]);
    expect(of("ws-0")).toEqual([
      { path: "envs", before: "B=1", after: undefined, replaces: false },
      { path: "envs", before: undefined, after: "C=1", replaces: false },
      { path: "labels.b", before: undefined, after: "2", replaces: false },
      { path: "memory", before: 512, after: 768, replaces: false },
    ]);
  });

  it("tells a list in another order from an equal one", () => {
    const step = { op: "update", name: "x", types: "a:b:C", old: { order: [1, 2] }, new: { order: [2, 1] } };
    expect(changesOf(planned(step))[0]?.changes).toEqual([
      { path: "order", before: [1, 2], after: [2, 1], replaces: false },
    ]);
  });

  it("knows the stateful by type, and of containers those of the databases", () => {
    const stateful = (types: string) =>
      changesOf(planned({ op: "delete", name: "x", types, old: {} }))[0]?.stateful;
    expect(stateful("backline:proxy:ReverseProxy$docker:index/volume:Volume")).toBe(true);
    expect(stateful("backline:postgres:Postgres$docker:index/container:Container")).toBe(true);
    expect(stateful("cloudflare:index/zone:Zone")).toBe(true);
    expect(stateful("vercel:index/project:Project")).toBe(true);
    expect(stateful("backline:service:Service$docker:index/container:Container")).toBe(false);
    expect(stateful("backline:postgres:Postgres$command:local:Command")).toBe(false);
  });

  it("says each warning once, and debugging never", () => {
    const { warnings, errors } = parseEvents(
      `${everything}\n${said("error", "bad: /srv/checkout/x")}`,
      hidden,
    );
    expect({ warnings, errors }).toEqual({
      warnings: ["Pulumi.qa.yaml: host.cpus: too many"],
      errors: ["bad: ./x"],
    });
  });
});

describe("what a refresh finds", () => {
  const types = "backline:service:Service$docker:index/container:Container";
  const found = (...lines: string[]) => foundChanges(parseEvents(lines.join("\n"), hidden), hidden);

  it("is what is gone and what was changed, and not what is as it was", () => {
    const changes = found(
      refreshed({ op: "same", name: "api-0", types, old: { memory: 1 }, new: { memory: 1 } }),
      refreshed({ op: "update", name: "ws-0", types, old: { memory: 1 }, new: { memory: 2 } }),
      refreshed({ op: "delete", name: "worker-0", types, old: { memory: 1 } }),
    );
    expect(changes.map(({ operation, name, changes: details }) => ({ operation, name, details }))).toEqual([
      { operation: "delete", name: "worker-0", details: [] },
      {
        operation: "update",
        name: "ws-0",
        details: [{ path: "memory", before: 1, after: 2, replaces: false }],
      },
    ]);
  });

  it("tells of outputs where no input differs", () => {
    const inputs = { old: { memory: 1 }, new: { memory: 1 } };
    const outputs = { old: { exitCode: 0 }, new: { exitCode: 137 } };
    const [change] = found(refreshed({ op: "update", name: "ws-0", types, ...inputs, outputs }));
    expect(change?.changes).toEqual([{ path: "exitCode", before: 0, after: 137, replaces: false }]);
  });
});
