/** Frames and connections that no honest client makes. */
import { expect, it } from "vitest";
import { frameErrorCodes, socketLimits, subprotocol } from "../../../services/contract/frames";
import { rowsStored } from "./bad-requests";
import { Peer } from "./peer";
import { guest, nothing } from "./people";
import { exchange } from "./raw";
import type { ContractTarget } from "./target";
import { badTokens } from "./tokens";

const [malformed] = frameErrorCodes;
const text = (value: unknown): string => JSON.stringify(value);

/** Frames that break the protocol; `room` is one that is followed. */
function malformedFrames(room: string): Record<string, string | Buffer> {
  const message = { type: "message", room, body: "x" };
  return {
    "half an object": '{"type":"ping"',
    "no JSON": "ping",
    "an empty frame": "",
    null: "null",
    "a list": text([{ type: "ping" }]),
    "a number": "7",
    "no type": text({ room }),
    "an unknown type": text({ type: "shutdown" }),
    "a type of the server's": text({ type: "welcome", user: { id: nothing, name: "x" }, instance: "x" }),
    "__proto__ as type": text({ type: "__proto__" }),
    "a type that is no text": text({ type: { $ne: "" } }),
    "an unknown key": text({ ...message, seq: 1 }),
    "somebody else's name": text({ ...message, user: { id: nothing } }),
    __proto__: `{"type":"message","room":"${room}","body":"x","__proto__":{"admin":true}}`,
    "no body": text({ type: "message", room }),
    "an empty body": text({ ...message, body: "  " }),
    "a body that is no text": text({ ...message, body: { text: "x" } }),
    "a body with NUL": text({ ...message, body: "a\u0000b" }),
    "a body that is too long": text({ ...message, body: "x".repeat(4_001) }),
    "a key with blanks": text({ ...message, key: "a b" }),
    "a key that is too long": text({ ...message, key: "k".repeat(65) }),
    "SQL as room": text({ ...message, room: "' OR 1=1 --" }),
    "a path as room": text({ ...message, room: "../../etc/passwd" }),
    "a negative number": text({ type: "join", room, after: -1 }),
    "a huge number": `{"type":"join","room":"${room}","after":1e308}`,
    "half a number": text({ type: "join", room, after: 0.5 }),
    "not a number": `{"type":"join","room":"${room}","after":NaN}`,
    "a number as text": text({ type: "join", room, after: "1" }),
    "typing that is no truth value": text({ type: "typing", room, typing: "yes" }),
    "deep nesting": `{"type":"message","room":"${room}","body":${"[".repeat(5_000)}${"]".repeat(5_000)}}`,
    "a binary frame": Buffer.from(text(message)),
    "binary garbage": Buffer.from([0, 255, 1, 254]),
  };
}

/**
 * How a connection ends whose client still sends when its frame is refused as too large. The server says 1009, ends its
 * side and reads on; Caddy then closes the client's side at once, and that reset can overtake the close frame: 1006.
 */
export const cutWhileSending = [1009, 1006];

export function describeBadFrames(target: ContractTarget): void {
  it("refuses 31 malformed frames one by one, stores nothing of them, and goes on", async () => {
    const person = await guest(target);
    const { id: room } = await person.room();
    const peer = await Peer.in(target, person, room);
    const frames = Object.entries(malformedFrames(room));
    expect(frames).toHaveLength(31);
    const before = await rowsStored(target);
    for (const [what, frame] of frames) {
      const { code } = await peer.refusal(frame);
      expect(code, what).toBe(malformed);
    }
    expect(await rowsStored(target)).toBe(before);
    expect(peer.of("message")).toEqual([]);
    await peer.settled();
  });

  it("closes connections whose first frame is none of theirs or too large, and takes no token from the URL", async () => {
    const person = await guest(target);
    const { id: room } = await person.room();
    const first: (string | Buffer)[] = [
      text({ type: "join", room }),
      text({ type: "message", room, body: "x" }),
      text({ type: "ping" }),
      "{",
      Buffer.from(text({ type: "auth", token: person.token })),
      text({ type: "auth" }),
      text({ type: "auth", token: 7 }),
    ];
    const before = await rowsStored(target);
    for (const frame of first) {
      const peer = await Peer.open(target, [subprotocol], `?token=${person.token}`);
      peer.sendRaw(frame);
      expect(await peer.closing(), String(frame)).toBe(4401);
      expect(peer.of("welcome")).toEqual([]);
    }
    expect(await rowsStored(target)).toBe(before);
    const large = await Peer.of(target, person);
    large.sendRaw(text({ type: "message", room, body: "x".repeat(socketLimits.frameBytes) }));
    expect(await large.closing()).toBe(1009);
    const huge = await Peer.open(target);
    huge.sendRaw("x".repeat(10 * 1024 * 1024));
    expect(cutWhileSending).toContain(await huge.closing());
  });

  it("refuses expired and forged tokens, in the first frame and as subprotocol", async () => {
    const person = await guest(target);
    const bad = badTokens(person.token, await target.inside().tokenKey());
    for (const [what, token] of Object.entries(bad)) {
      const peer = await Peer.open(target);
      peer.send({ type: "auth", token });
      expect(await peer.closing(), what).toBe(4401);
      expect(peer.frames, what).toEqual([]);
    }
    for (const what of ["expired", "algorithm none", "another key"]) {
      const peer = await Peer.open(target, [subprotocol, `token.${bad[what]}`]);
      expect(await peer.closing(), what).toBe(4401);
      expect(peer.frames, what).toEqual([]);
    }
  });

  it("refuses requests that are no WebSocket, and paths that are none", async () => {
    const { host, pathname } = new URL(target.sockets);
    const upgrade = (path: string, ...lines: string[]) =>
      [
        `GET ${path} HTTP/1.1`,
        `Host: ${host}`,
        "Connection: Upgrade",
        "Upgrade: websocket",
        ...lines,
        "",
        "",
      ].join("\r\n");
    const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    const status = async (bytes: string) =>
      Number(/^HTTP\/1\.1 (\d+)/.exec(await exchange(target, target.sockets, bytes, /\r\n\r\n/))?.[1]);
    expect(await status(upgrade(pathname, "Sec-WebSocket-Version: 13"))).toBe(400);
    expect(await status(upgrade(pathname, key, "Sec-WebSocket-Version: 7"))).toBe(400);
    expect(await status(upgrade(pathname, "Sec-WebSocket-Key: short", "Sec-WebSocket-Version: 13"))).toBe(
      400,
    );
    expect(await status(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).toBe(426);
  });

  it("closes a connection that floods it with frames, and tells why before", async () => {
    const person = await guest(target);
    const { id: room } = await person.room();
    const peer = await Peer.in(target, person, room);
    const sent = socketLimits.frameBurst + socketLimits.refusedFrames + 200;
    for (let count = 0; count < sent; count += 1) peer.sendRaw(text({ type: "typing", room, typing: true }));
    expect(await peer.closing(30)).toBe(4429);
    const refused = peer.of("error").filter(({ code }) => code === "rate_limited").length;
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThanOrEqual(socketLimits.refusedFrames);
    // Another connection of the same user is served.
    await (await Peer.in(target, person, room)).settled();
  });
}
