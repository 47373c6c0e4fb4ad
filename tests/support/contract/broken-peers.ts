/** Peers that stop answering, say nothing, or lose their right while they are connected. */
import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { beforeAll, expect, it } from "vitest";
import { socketLimits, subprotocol } from "../../../services/contract/frames";
import { eventually } from "../client";
import { Peer } from "./peer";
import { guest, type Person } from "./people";
import { connectTo } from "./raw";
import type { ContractTarget } from "./target";
import { claimsOf, signToken } from "./tokens";

/** A WebSocket on a bare connection, which never answers a ping: to the server, a machine that has lost its network. */
async function halfOpen(target: ContractTarget, token: string): Promise<Socket> {
  const { host, pathname } = new URL(target.sockets);
  const socket = await connectTo(target, target.sockets);
  socket.write(
    [
      ...[`GET ${pathname} HTTP/1.1`, `Host: ${host}`, "Connection: Upgrade", "Upgrade: websocket"],
      ...["Sec-WebSocket-Version: 13", `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`],
      ...[`Sec-WebSocket-Protocol: ${subprotocol}, token.${token}`, "", ""],
    ].join("\r\n"),
  );
  return socket;
}

/** A text frame as clients send it, masked with nothing. */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length]), Buffer.alloc(4), payload]);
}

/** Peers that take a minute to be given up begin before the tests of `meanwhile`, and are looked at after them. */
export function describeBrokenPeers(target: ContractTarget, meanwhile: () => void): void {
  const heartbeats = (2 * socketLimits.heartbeatMilliseconds) / 1_000 + 20;
  let silent: Peer;
  let lost: { ended: boolean };
  let watcher: Peer;
  let vanished: Person;
  let expiring: Peer;

  beforeAll(async () => {
    silent = await Peer.open(target);
    const owner = await guest(target);
    const { id: room } = await owner.room();
    watcher = await Peer.in(target, owner, room);
    vanished = await guest(target, "Vanished");
    const socket = await halfOpen(target, vanished.token);
    const state = { ended: false };
    lost = state;
    socket.on("close", () => {
      state.ended = true;
    });
    await new Promise((resolve) => socket.once("data", resolve));
    socket.write(textFrame(JSON.stringify({ type: "join", room })));
    // It reads on, as the kernel of a client would, and answers nothing.
    socket.resume();
    await watcher.one("presence", (frame) => frame.user.id === vanished.id && frame.present);
    const soon = Math.floor(Date.now() / 1_000) + 5;
    const claims = { ...claimsOf((await guest(target)).token), exp: soon };
    expiring = await Peer.of(target, { token: signToken(claims, await target.inside().tokenKey()) });
  });

  it("closes a connection that does not say who it is in time with 4408", async () => {
    expect(await silent.closing()).toBe(4408);
    expect(silent.frames).toEqual([]);
  });

  it("closes every connection of a session that has ended with 4401, and no other", async () => {
    const [person, other] = [await guest(target), await guest(target)];
    const peers = [await Peer.of(target, person), await Peer.of(target, person)];
    const stays = await Peer.of(target, other);
    expect((await person.post("/v1/auth/sign-out", {})).status).toBe(204);
    for (const peer of peers) expect(await peer.closing()).toBe(4401);
    const again = await Peer.open(target);
    again.send({ type: "auth", token: person.token });
    expect(await again.closing()).toBe(4401);
    await stays.settled();
  });

  it("drops a client that reads too slowly, and the others in the room miss nothing", async () => {
    const person = await guest(target);
    const { id: room } = await person.room();
    const reader = await Peer.in(target, await guest(target), room);
    const slow = await guest(target, "Slow");
    const peer = await Peer.in(target, slow, room);
    peer.socket.pause();
    const body = "€".repeat(4_000);
    const gone = () => reader.of("presence").some((frame) => frame.user.id === slow.id && !frame.present);
    let sent = 0;
    // 12 KB each: more than what the kernels and the proxy between hold, and then a megabyte.
    for (; sent < 4_000 && !gone(); sent += 50)
      await Promise.all(Array.from({ length: 50 }, () => person.message(room, body)));
    expect(gone()).toBe(true);
    peer.socket.resume();
    expect([4413, 1006]).toContain(await peer.closing(30));
    await reader.some("message", sent, undefined, 30);
    expect(reader.of("message").map(({ seq }) => seq)).toEqual(
      Array.from({ length: sent }, (_, index) => index + 1),
    );
    const again = await Peer.of(target, slow);
    expect((await again.join(room, sent - 3)).missed).toBe(0);
    expect(again.of("message")).toHaveLength(3);
  });

  meanwhile();

  it("closes a connection whose token expires with 4401", async () => {
    expect(await expiring.closing(heartbeats)).toBe(4401);
  });

  it("cuts a peer that stops answering, and it no longer counts as present", async () => {
    await watcher.some("presence", 1, (frame) => frame.user.id === vanished.id && !frame.present, heartbeats);
    await eventually("the connection to be cut", async () => lost.ended || undefined, heartbeats);
    await watcher.settled();
  });
}
