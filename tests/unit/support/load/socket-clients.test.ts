import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { SocketClients } from "../../../support/load/socket-clients";
import { eventually } from "../../../support/stores";
import { type ClientFrame, FakeRoom } from "./fake-room";

/** A WebSocket server with one room. */
class Room extends FakeRoom {
  readonly tokens: string[] = [];
  readonly server = new WebSocketServer({ port: 0, host: "127.0.0.1" });

  constructor() {
    super();
    this.server.on("connection", (socket) => {
      socket.on("message", (data) => {
        const frame: ClientFrame & { token?: string } = JSON.parse(String(data));
        if (frame.type !== "auth") return this.receive(frame, socket);
        this.tokens.push(frame.token ?? "");
        socket.send(JSON.stringify({ type: "welcome" }));
      });
    });
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
}

let room: Room;
let clients: SocketClients | undefined;
beforeEach(async () => {
  room = new Room();
  await once(room.server, "listening");
});
afterEach(() => {
  clients?.end();
  room.server.close();
});

async function talk(): Promise<SocketClients> {
  const members = Array.from({ length: 4 }, (_, index) => ({ token: () => `token ${index}`, room: "lobby" }));
  const made = new SocketClients({ url: room.url, interval: 10, clients: members });
  clients = made;
  await made.start(5, 10);
  return made;
}

const untilStored = (count: number) =>
  eventually("messages are stored", async () => expect(room.messages.length).toBeGreaterThan(count));

it("has every message once and in order when nothing happens", async () => {
  const clients = await talk();
  await untilStored(40);
  expect(await clients.settle(5)).toEqual({ messages: room.messages.length, problems: [] });
  expect(clients.closes).toEqual([]);
  expect(clients.clients.map(({ last }) => last)).toEqual(Array(4).fill(room.messages.length));
});

it("records each close, comes back and resumes", async () => {
  const clients = await talk();
  await untilStored(20);
  for (const socket of [...room.followers]) socket.close(1012, "restart");
  await untilStored(60);
  for (const socket of [...room.followers].slice(0, 1)) socket.terminate();
  await untilStored(100);
  expect(await clients.settle(5)).toEqual({ messages: room.messages.length, problems: [] });
  const restarts = clients.closes.filter(({ code }) => code === 1012);
  expect(restarts).toMatchObject(Array(4).fill({ reason: "restart", joined: true }));
  expect(new Set(restarts.map(({ client }) => client)).size).toBe(4);
  expect(clients.closes.filter(({ code }) => code !== 1012)).toMatchObject([{ code: 1006, joined: true }]);
});

it("presents a new token without joining again", async () => {
  const clients = await talk();
  clients.renew();
  await eventually("all tokens are presented", async () => expect(room.tokens).toHaveLength(8));
  await untilStored(20);
  expect((await clients.settle(5)).problems).toEqual([]);
});

it("finds a message that came to nobody", async () => {
  room.lost.add(5);
  const clients = await talk();
  await untilStored(20);
  const { problems } = await clients.settle(0.2);
  expect(problems).toContain("message 6 after 4");
  expect(problems).toContain(`member 0 has 4 of ${room.messages.length} messages`);
});
