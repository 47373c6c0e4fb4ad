import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { eventually } from "../client";
import { clients, type RolloutRig } from "./rig";

/** Seconds to which the proxy's delay is shortened. */
const shortDelay = 5;

export function describeDeploys(rig: RolloutRig): void {
  const { stack } = rig;
  describe("a platform under load", () => {
    it("takes a new release of the API without a failed request or a closed WebSocket", async () => {
      const before = await rig.versionAt(stack.api);
      stack.release("api", "two");
      const { began } = await rig.deployWell("deploy of the API");
      expect(await rig.load.span(began)).toMatchObject({ failures: [], closes: [] });
      expect(await rig.versionAt(stack.api)).not.toBe(before);
    });

    it("takes a changed proxy configuration without a failed request or a closed WebSocket", async () => {
      const { id } = (await stack.containers("proxy"))[0] ?? { id: "" };
      stack.configureProxy(`streamCloseDelay: ${shortDelay}s`);
      const { began } = await rig.deployWell("change of the proxy's configuration");
      expect((await stack.containers("proxy")).map((container) => container.id)).toEqual([id]);
      expect(await rig.load.span(began)).toMatchObject({ failures: [], closes: [] });
    });

    it("closes no WebSocket by a deploy that comes after the shortened delay has passed", async () => {
      // How long is what is tested.
      await sleep(shortDelay * 1_000);
      stack.release("api", "three");
      await rig.deployWell("deploy of the API after the delay");
      await sleep((shortDelay + 1) * 1_000);
      expect(await rig.load.span(0)).toMatchObject({ failures: [], closes: [] });
    });

    it("closes each WebSocket at most once by a deploy of the WebSocket server, which loses no message", async () => {
      const before = await rig.versionAt(rig.socketServer);
      stack.release("api", "four");
      stack.release("ws", "four");
      stack.configureProxy(undefined);
      const { began } = await rig.deployWell("deploy of the API and the WebSocket server");
      await rig.allBack();
      const { failures, closes } = await rig.load.span(began);
      expect(failures).toEqual([]);
      expect([...new Set(closes.map(({ code }) => code))]).toEqual([1012]);
      expect(new Set(closes.map(({ client }) => client)).size).toBe(closes.length);
      expect(closes).toHaveLength(clients);
      expect(await rig.versionAt(rig.socketServer)).not.toBe(before);
    });

    it("has answered 30,000 requests by then, and failed none", async () => {
      await eventually(
        "enough requests",
        async () => ((await rig.load.span(0)).answered >= 30_000 ? true : undefined),
        180,
      );
      expect((await rig.load.span(0)).failures).toEqual([]);
    });
  });
}
