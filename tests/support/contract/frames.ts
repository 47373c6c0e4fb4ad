/** Every frame of the protocol, in both directions. */
import { describe, expect, it } from "vitest";
import { frameErrorCodes, socketLimits } from "../../../services/contract/frames";
import { messagesAnswer } from "../../../services/contract/rooms";
import { eventually } from "../client";
import { expectAnswer } from "./call";
import { strangeTexts } from "./messages";
import { Peer } from "./peer";
import { guest, nothing } from "./people";
import type { ContractTarget } from "./target";

export function describeFrames(target: ContractTarget): void {
  const [malformed, notJoined, tooManyRooms] = frameErrorCodes;

  describe("frame auth", () => {
    it("is answered by welcome, as the first frame, by subprotocol, and with a fresh token of the same user", async () => {
      const person = await guest(target);
      const first = await Peer.open(target);
      first.send({ type: "auth", token: person.token });
      expect((await first.one("welcome")).user).toEqual({ id: person.id, name: "Ada" });
      expect(first.socket.protocol).toBe("");
      const peer = await Peer.of(target, person);
      expect(peer.socket.protocol).toBe("backline.v1");
      const { body } = await person.post("/v1/auth/refresh", { refreshToken: person.session.refreshToken });
      peer.send({ type: "auth", token: Object(body).token });
      await peer.some("welcome", 2);
    });

    it("of another user or with a bad token is refused, and the connection stays who it was or is closed", async () => {
      const [person, other] = [await guest(target), await guest(target)];
      const peer = await Peer.of(target, person);
      peer.send({ type: "auth", token: other.token });
      await eventually("an answer", async () => peer.closed ?? peer.of("error")[0]);
      expect(peer.of("welcome")).toHaveLength(1);
      if (peer.closed === undefined) {
        expect(["forbidden", "unauthorized"]).toContain(peer.of("error")[0]?.code);
        await peer.settled();
      } else expect(peer.closed.code).toBe(4401);
    });
  });

  describe("frame join", () => {
    it("is answered by joined, with role, number and who is there, and makes a member of a public room", async () => {
      const [owner, other] = [await guest(target), await guest(target, "Bob")];
      const { id: room } = await owner.room();
      await owner.message(room, "one");
      const first = await Peer.of(target, owner);
      expect(await first.join(room)).toEqual({
        ...{ type: "joined", room, role: "owner", seq: 1, missed: 0 },
        present: [{ id: owner.id, name: "Ada" }],
      });
      const second = await (await Peer.of(target, other)).join(room);
      expect(second).toMatchObject({ role: "member", seq: 1 });
      expect(second.present.map(({ id }) => id).sort()).toEqual([owner.id, other.id].sort());
      expectAnswer(await other.get(`/v1/rooms/${room}/messages`), 200, messagesAnswer);
      // Joining again changes nothing.
      expect((await first.join(room)).role).toBe("owner");
    });

    it("is refused for a room that does not exist, and for a private one of others", async () => {
      const [owner, other] = [await guest(target), await guest(target)];
      const { id: room } = await owner.room("private");
      const peer = await Peer.of(target, other);
      for (const hidden of [room, nothing])
        expect(await peer.refusal({ type: "join", room: hidden })).toMatchObject({
          code: "room_not_found",
          room: hidden,
        });
      await owner.add(room, other);
      expect((await peer.join(room)).role).toBe("member");
    });

    it(`is refused for more than ${socketLimits.roomsPerConnection} rooms`, async () => {
      const person = await guest(target);
      const peer = await Peer.of(target, person);
      for (let count = 0; count < socketLimits.roomsPerConnection; count += 1)
        await peer.join((await person.room()).id);
      const { id: room } = await person.room();
      expect(await peer.refusal({ type: "join", room })).toMatchObject({ code: tooManyRooms, room });
    });
  });

  describe("frame leave", () => {
    it("is answered by left; nothing of the room comes any more, membership stays", async () => {
      const person = await guest(target);
      const { id: room } = await person.room();
      const peer = await Peer.in(target, person, room);
      peer.send({ type: "leave", room });
      expect(await peer.one("left")).toEqual({ type: "left", room });
      await person.message(room, "unheard");
      expect(await peer.refusal({ type: "message", room, body: "x" })).toMatchObject({
        code: notJoined,
        room,
      });
      expect(peer.of("message")).toEqual([]);
      expect((await peer.join(room)).role).toBe("owner");
    });
  });

  describe("frame message", () => {
    it("reaches everybody in the room once and in order, from everywhere, as it was given", async () => {
      const [ada, bob] = [await guest(target, "Ada"), await guest(target, "Bob")];
      const { id: room } = await ada.room();
      const peers = [await Peer.in(target, ada, room), await Peer.in(target, bob, room)];
      const elsewhere = await Peer.in(target, bob, (await bob.room()).id);
      for (const body of strangeTexts) peers[0]?.send({ type: "message", room, body });
      await ada.message(room, "from the API");
      peers[1]?.send({ type: "message", room, body: "from the other" });
      const count = strangeTexts.length + 2;
      const stored = await eventually("all to be stored", async () => {
        const page = expectAnswer(await ada.get(`/v1/rooms/${room}/messages`), 200, messagesAnswer);
        return page.messages.length === count ? page.messages : undefined;
      });
      expect(stored.map(({ body }) => body).sort()).toEqual(
        [...strangeTexts.map((text) => text.trim()), "from the API", "from the other"].sort(),
      );
      for (const peer of peers) {
        await peer.some("message", count);
        expect(peer.of("message")).toEqual(stored.map((message) => ({ type: "message", ...message })));
      }
      expect(elsewhere.of("message")).toEqual([]);
    });

    it("under a key is stored once and acknowledged every time", async () => {
      const person = await guest(target);
      const { id: room } = await person.room();
      const peer = await Peer.in(target, person, room);
      for (let times = 0; times < 3; times += 1)
        peer.send({ type: "message", room, body: "once", key: "k:1" });
      const acks = await peer.some("ack", 3);
      const message = await peer.one("message");
      for (const ack of acks) expect(ack).toEqual({ type: "ack", room, key: "k:1", id: message.id, seq: 1 });
      // The same message on another connection, as after a break.
      const next = await Peer.in(target, person, room);
      next.send({ type: "message", room, body: "once", key: "k:1" });
      expect(await next.one("ack")).toMatchObject({ seq: 1 });
      expect(await next.refusal({ type: "message", room, body: "other", key: "k:1" })).toMatchObject({
        ...{ code: "idempotency_key_reused", room, key: "k:1" },
      });
      expect(
        expectAnswer(await person.get(`/v1/rooms/${room}/messages`), 200, messagesAnswer).messages,
      ).toHaveLength(1);
    });

    it("is refused in a room that is not followed, and from who was removed", async () => {
      const [owner, other] = [await guest(target), await guest(target)];
      const { id: room } = await owner.room("private");
      const peer = await Peer.of(target, owner);
      expect(await peer.refusal({ type: "message", room, body: "x", key: "k" })).toMatchObject({
        ...{ code: notJoined, room, key: "k" },
      });
      await owner.add(room, other);
      const removed = await Peer.in(target, other, room);
      expect((await owner.delete(`/v1/rooms/${room}/members/${other.id}`)).status).toBe(204);
      const refused = await removed.refusal({ type: "message", room, body: "x" });
      expect(["room_not_found", notJoined]).toContain(refused.code);
      expect(
        expectAnswer(await owner.get(`/v1/rooms/${room}/messages`), 200, messagesAnswer).messages,
      ).toEqual([]);
    });
  });

  describe("frame typing", () => {
    it("tells the others in the room, and needs the room to be followed", async () => {
      const [ada, bob] = [await guest(target, "Ada"), await guest(target, "Bob")];
      const { id: room } = await ada.room();
      const [one, other] = [await Peer.in(target, ada, room), await Peer.in(target, bob, room)];
      for (const typing of [true, false]) {
        one.send({ type: "typing", room, typing });
        expect(await other.one("typing", (frame) => frame.typing === typing)).toEqual({
          ...{ type: "typing", room, typing, user: { id: ada.id, name: "Ada" } },
        });
      }
      const stranger = await Peer.of(target, bob);
      expect(await stranger.refusal({ type: "typing", room, typing: true })).toMatchObject({
        code: notJoined,
        room,
      });
    });
  });

  describe("frame presence", () => {
    it("comes with somebody's first connection and goes with the last", async () => {
      const [ada, bob] = [await guest(target, "Ada"), await guest(target, "Bob")];
      const { id: room } = await ada.room();
      const watcher = await Peer.in(target, ada, room);
      const [first, second] = [await Peer.in(target, bob, room), await Peer.in(target, bob, room)];
      const user = { id: bob.id, name: "Bob" };
      expect(await watcher.one("presence", (frame) => frame.user.id === bob.id)).toEqual({
        ...{ type: "presence", room, user, present: true },
      });
      first.close();
      await first.closing();
      await watcher.settled();
      second.send({ type: "leave", room });
      expect(await watcher.one("presence", (frame) => !frame.present)).toMatchObject({ room, user });
      expect(watcher.of("presence").filter((frame) => frame.user.id === bob.id)).toHaveLength(2);
      expect((await watcher.join(room)).present.map(({ id }) => id)).toEqual([ada.id]);
    });
  });

  describe("frame job", () => {
    it("comes to every connection of its owner, from queued to its end, and to nobody else", async () => {
      const [ada, bob] = [await guest(target), await guest(target)];
      const peers = [await Peer.of(target, ada), await Peer.of(target, ada)];
      const stranger = await Peer.of(target, bob);
      const id = await ada.job(500);
      for (const peer of peers) {
        await peer.one("job", (frame) => frame.id === id && frame.state === "completed");
        const progress = peer.of("job").filter((frame) => frame.state === "active");
        expect(progress.length).toBeGreaterThan(1);
        expect(progress.map((frame) => frame.progress)).toEqual(
          progress.map((frame) => frame.progress).sort((a, b) => a - b),
        );
      }
      expect(stranger.of("job")).toEqual([]);
    });
  });

  describe("frame ping", () => {
    it("is answered by pong", async () => {
      const peer = await Peer.of(target, await guest(target));
      await peer.settled();
    });
  });

  describe("frame error", () => {
    it("names what is malformed, and the connection goes on", async () => {
      const peer = await Peer.of(target, await guest(target));
      expect((await peer.refusal("{")).code).toBe(malformed);
      await peer.settled();
    });
  });
}
