import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { docker } from "../backline";
import { eventually } from "../client";
import { crash } from "../crash";
import { type RolloutRig, report } from "./rig";
import type { Deploy } from "./stack";

/** Waits until Docker has started a replica again, and it is ready. */
async function back(id: string): Promise<void> {
  await eventually(
    "the replica to be back",
    async () => {
      const restarts = await docker("inspect", "--format", "{{.RestartCount}}", id);
      if (restarts === "0") return undefined;
      return docker("exec", id, "node", "/app/probe.cjs", "ready").then(
        () => true,
        () => undefined,
      );
    },
    10,
  );
}

export function describeCrashes(rig: RolloutRig): void {
  const { stack } = rig;
  const crashOne = async (service: string): Promise<Pick<Deploy, "began" | "ended">> => {
    const { id } = (await stack.containers(service))[0] ?? { id: "" };
    const began = Date.now();
    await crash(id);
    await back(id);
    return { began, ended: Date.now() };
  };
  describe("a process that is killed under load", () => {
    it("of the API: fails no GET, a POST at most once, and is back within 10 s", async () => {
      const times = await crashOne("api");
      await sleep(2_000);
      const span = await rig.load.span(times.began);
      report("kill of an API replica", times, span);
      expect(span.failures.filter(({ method }) => method === "GET")).toEqual([]);
      const keys = span.failures.map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
      expect(span.closes).toEqual([]);
    });

    it("of the WebSocket server: its clients are back, each after one close", async () => {
      const times = await crashOne("ws");
      await rig.allBack();
      const span = await rig.load.span(times.began);
      report("kill of a WebSocket server", times, span);
      expect(span.failures).toEqual([]);
      const torn = span.closes.filter(({ joined }) => joined);
      expect(torn.length).toBeGreaterThan(0);
      expect(new Set(torn.map(({ client }) => client)).size).toBe(torn.length);
    });

    it("of the worker: its job runs again within 30 s and is done once", async () => {
      const guest = await rig.client.request(`${stack.api}/v1/auth/guest`, {
        method: "POST",
        body: { name: "Ada" },
      });
      const token = String(Object(guest.body).token);
      const socket = await rig.client.socket(stack.sockets, token);
      await socket.frame("welcome");
      const accepted = await rig.client.request(`${stack.api}/v1/jobs`, {
        method: "POST",
        token,
        body: { kind: "echo", input: { value: "again", steps: 10, stepMilliseconds: 500 } },
      });
      await socket.frame("job", ({ progress }) => Number(progress) >= 20);
      const times = await crashOne("worker");
      // Its lock on the job has not run out yet: what comes now is of the next attempt.
      const seen = socket.frames.length;
      await eventually(
        "the job to run again",
        async () => socket.frames.slice(seen).find(({ type, state }) => type === "job" && state === "active"),
        30 - (Date.now() - times.began) / 1_000,
      );
      await socket.frame("job", ({ state }) => state === "completed");
      const { id } = Object(accepted.body);
      expect(await rig.client.request(`${stack.api}/v1/jobs/${id}`, { token })).toMatchObject({
        body: { state: "completed", result: "again" },
      });
      report("kill of the worker", times, await rig.load.span(times.began));
      expect((await rig.load.span(times.began)).failures).toEqual([]);
      const ends = socket.frames.filter(
        ({ type, state }) => type === "job" && state !== "active" && state !== "queued",
      );
      expect(ends).toHaveLength(1);
      socket.close();
    });
  });
}
