/** Joining a room where one left off. */
import { describe, expect, it } from "vitest";
import { socketLimits } from "../../../services/contract/frames";
import { Peer } from "./peer";
import { guest, type Person } from "./people";
import type { ContractTarget } from "./target";

export function describeResume(target: ContractTarget): void {
  const numbers = (peer: Peer) => peer.of("message").map(({ seq }) => seq);
  const upTo = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => from + index);
  /** Stores many messages at once, as if they had been posted. */
  const fill = (person: Person, room: string, count: number) =>
    target.inside().sql(
      `WITH filled AS (UPDATE rooms SET last_seq = ${count} WHERE id = '${room}' RETURNING id)
       INSERT INTO messages (room_id, seq, user_id, body)
       SELECT filled.id, n, '${person.id}', 'm' || n FROM filled, generate_series(1, ${count}) AS n`,
    );

  describe("frame join with after", () => {
    it("brings what was missed, in order, before joined, and then what is new", async () => {
      const person = await guest(target);
      const { id: room } = await person.room();
      for (let count = 1; count <= 5; count += 1) await person.message(room, `m${count}`);
      const peer = await Peer.of(target, person);
      expect(await peer.join(room, 2)).toMatchObject({ seq: 5, missed: 0 });
      expect(numbers(peer)).toEqual([3, 4, 5]);
      const types = peer.frames.map(({ type }) => type);
      expect(types.indexOf("joined")).toBeGreaterThan(types.lastIndexOf("message"));
      await person.message(room, "m6");
      await peer.some("message", 4);
      expect(numbers(peer)).toEqual([3, 4, 5, 6]);
    });

    it("brings everything once while others keep posting", async () => {
      const person = await guest(target);
      const { id: room } = await person.room();
      const posting = (async () => {
        for (let count = 1; count <= 60; count += 1) await person.message(room, `m${count}`);
      })();
      const peers: Peer[] = [];
      for (let count = 0; count < 5; count += 1) {
        const peer = await Peer.of(target, person);
        await peer.join(room, 0);
        peers.push(peer);
      }
      await posting;
      for (const peer of peers) {
        await peer.some("message", 60);
        expect(numbers(peer)).toEqual(upTo(1, 60));
      }
    });

    it("brings nothing for a number that is not reached, and the same again on a second join", async () => {
      const person = await guest(target);
      const { id: room } = await person.room();
      await person.message(room, "m1");
      const peer = await Peer.of(target, person);
      expect(await peer.join(room, 1)).toMatchObject({ seq: 1, missed: 0 });
      expect((await (await Peer.of(target, person)).join(room, Number.MAX_SAFE_INTEGER)).seq).toBe(1);
      expect(numbers(peer)).toEqual([]);
    });

    it(`replays at most ${socketLimits.replayedMessages} messages and counts the others`, async () => {
      const person = await guest(target);
      const { id: room } = await person.room();
      const total = socketLimits.replayedMessages + 200;
      await fill(person, room, total);
      const peer = await Peer.of(target, person);
      const joined = await peer.join(room, 0);
      expect(joined.seq).toBe(total);
      expect(joined.missed + numbers(peer).length).toBe(total);
      expect(numbers(peer).length).toBeLessThanOrEqual(socketLimits.replayedMessages);
      const near = await Peer.of(target, person);
      expect((await near.join(room, total - 10)).missed).toBe(0);
      expect(numbers(near)).toEqual(upTo(total - 9, total));
    });
  });
}
