import { Redis } from "ioredis";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { presenceKey, roomChannel } from "../../../services/contract/channels";
import {
  type Caller,
  Client,
  createRoom,
  eventually,
  guest,
  type Platform,
  type Service,
  startPlatform,
} from "./harness";

let platform: Platform;
let redis: Redis;
let api: Service;
let servers: [Service, Service];
beforeAll(async () => {
  platform = await startPlatform();
  const { host, redisPort: port, password } = platform.stores;
  redis = new Redis({ host, port, password });
  [api, ...servers] = await Promise.all([platform.start("api"), platform.start("ws"), platform.start("ws")]);
}, 90_000);
afterAll(async () => {
  redis?.disconnect();
  await platform?.remove();
});

const sequences = (client: Client) => client.of("message").map(({ seq }) => Number(seq));
const range = (after: number, last: number) =>
  Array.from({ length: last - after }, (_, index) => after + index + 1);
const post = (caller: Caller, room: string, body = "hi") =>
  caller.post(`/v1/rooms/${room}/messages`, { body });

async function joinAfter(server: Service, caller: Caller, room: string, after: number): Promise<Client> {
  const client = await Client.join(server, caller);
  client.send({ type: "join", room, after });
  await client.until(() => client.of("joined").length === 1);
  return client;
}

describe("a client that resumes", { timeout: 60_000 }, () => {
  it("gets what it has missed, each once and in order, while messages go on", async () => {
    const caller = await guest(api.url);
    const room = await createRoom(caller);
    for (let index = 0; index < 150; index += 1) await post(caller, room);
    const going = Promise.all(Array.from({ length: 100 }, () => post(caller, room)));
    const clients = await Promise.all(
      [0, 10, 149, 150].map((after, index) =>
        joinAfter(servers[index % 2 === 0 ? 0 : 1], caller, room, after),
      ),
    );
    await going;
    for (const [index, after] of [0, 10, 149, 150].entries()) {
      const client = clients[index];
      if (client === undefined) throw new Error("no client");
      await client.until(() => sequences(client).at(-1) === 250);
      expect(sequences(client)).toEqual(range(after, 250));
    }
  });

  it("misses nothing when its server is killed", async () => {
    const caller = await guest(api.url);
    const room = await createRoom(caller);
    const doomed = await platform.start("ws");
    const before = await joinAfter(doomed, caller, room, 0);
    for (let index = 0; index < 10; index += 1) await post(caller, room);
    await before.until(() => sequences(before).length >= 5);
    await doomed.end("SIGKILL");
    await before.untilClosed();
    for (let index = 0; index < 10; index += 1) await post(caller, room);
    const after = await joinAfter(servers[0], caller, room, sequences(before).at(-1) ?? 0);
    expect([...sequences(before), ...sequences(after)]).toEqual(range(0, 20));
  });
});

describe("when Redis cuts all subscriptions again and again", { timeout: 120_000 }, () => {
  it("every client has every message once and in order", async () => {
    const callers = [await guest(api.url, "Ada"), await guest(api.url, "Bob")];
    const [ada, bob] = callers;
    if (ada === undefined || bob === undefined) throw new Error("no callers");
    const rooms = [await createRoom(ada), await createRoom(ada), await createRoom(ada)];
    const clients = await Promise.all(
      [servers[0], servers[1], servers[1]].map((server, index) =>
        Client.join(server, index === 0 ? ada : bob, ...rooms),
      ),
    );
    const each = 120;
    for (let index = 0; index < each; index += 1) {
      if (index % 20 === 10) await redis.call("CLIENT", "KILL", "TYPE", "pubsub");
      await Promise.all(rooms.map((room) => post(ada, room)));
      if (index % 4 === 0)
        clients[index % 3]?.send({ type: "message", room: rooms[0], body: "from a socket" });
    }
    await redis.call("CLIENT", "KILL", "TYPE", "pubsub");
    const last = new Map(rooms.map((room, index) => [room, index === 0 ? each + each / 4 : each]));
    for (const client of clients) {
      const expected = [...last.values()].reduce((sum, count) => sum + count, 0);
      await client.until(() => client.of("message").length >= expected, 30);
      for (const room of rooms) {
        const seqs = client
          .of("message")
          .flatMap((frame) => (frame.room === room ? [Number(frame.seq)] : []));
        expect(seqs).toEqual(range(0, last.get(room) ?? 0));
      }
      expect(client.closed).toBeUndefined();
    }
    const recovered = await Promise.all(
      servers.map(async ({ metricsUrl }) =>
        Number(
          /^websocket_recovered_messages_total (\d+)$/m.exec(await (await fetch(metricsUrl)).text())?.[1],
        ),
      ),
    );
    expect(recovered[0]).toBeGreaterThan(0);
    expect(recovered[1]).toBeGreaterThan(0);
    for (const server of servers) await untilSubscribed(server);
  });
});

it("a membership that ended while Redis was cut off ends the messages, too", async () => {
  const [ada, bob] = [await guest(api.url, "Ada"), await guest(api.url, "Bob")];
  const room = await createRoom(ada);
  const clients = [
    await Client.join(servers[0], ada, room),
    await Client.join(servers[0], bob, room),
  ] as const;
  const { host, postgresPort: port, database, user, password } = platform.stores;
  const postgres = new pg.Client({ host, port, database, user, password });
  await postgres.connect();
  await postgres.query("DELETE FROM room_members WHERE room_id = $1 AND user_id = $2", [room, bob.id]);
  await postgres.end();
  await redis.call("CLIENT", "KILL", "TYPE", "pubsub");
  await clients[1].until(() => clients[1].of("left").length === 1);
  await post(ada, room);
  await clients[0].until(() => clients[0].of("message").length === 1);
  expect(clients[1].of("message")).toEqual([]);
  for (const server of servers) await untilSubscribed(server);
});

/** The subscriptions were cut a moment ago: whoever came now would be told to come again. */
async function untilSubscribed(server: Service): Promise<void> {
  await eventually("the server subscribes again", async () => {
    // Somebody new: for a user who has a connection to this server there is nothing to subscribe to.
    const client = await Client.join(server, await guest(api.url));
    client.socket.terminate();
  });
}

describe("presence", { timeout: 60_000 }, () => {
  it("is told when a user's first connection comes and the last one goes, across servers", async () => {
    const [ada, bob] = [await guest(api.url, "Ada"), await guest(api.url, "Bob")];
    const room = await createRoom(ada);
    const watching = await Client.join(servers[0], ada, room);
    const changes = () => watching.of("presence").map(({ user, present }) => ({ user, present }));
    const first = await Client.join(servers[0], bob, room);
    const second = await Client.join(servers[1], bob, room);
    expect(second.of("joined")[0]?.present).toHaveLength(2);
    const came = { user: { id: bob.id, name: "Bob" }, present: true };
    await watching.until(() => changes().length === 1);
    first.socket.close();
    await first.untilClosed();
    second.send({ type: "leave", room });
    await watching.until(() => changes().length > 1);
    expect(changes()).toEqual([came, { ...came, present: false }]);
    expect(second.of("presence")).toEqual([]);
  });

  it("ends for the connections of a server that was killed", async () => {
    const [ada, bob, eve] = [
      await guest(api.url, "Ada"),
      await guest(api.url, "Bob"),
      await guest(api.url, "Eve"),
    ];
    const room = await createRoom(ada);
    const doomed = await platform.start("ws");
    const watching = await Client.join(servers[0], ada, room);
    const gone = await Client.join(doomed, bob, room);
    await doomed.end("SIGKILL");
    await gone.untilClosed();
    const entries = await redis.zrange(presenceKey(room), "0", "-1");
    const left = entries.find((entry) => entry.startsWith(bob.id)) ?? "none";
    expect(left).toContain("Bob");
    // As if a minute had passed: whoever looks at the room next finds the entry expired.
    await redis.zadd(presenceKey(room), "1", left);
    const next = await Client.join(servers[1], eve, room);
    expect(next.of("joined")[0]?.present).toHaveLength(2);
    await watching.until(() => watching.of("presence").length === 3);
    expect(watching.of("presence").map(({ user, present }) => [Object(user).name, present])).toContainEqual([
      "Bob",
      false,
    ]);
  });
});

describe("a connection", { timeout: 60_000 }, () => {
  const address = (server: Service) => `${server.url.replace("http", "ws")}/ws`;

  it("takes the token as a subprotocol and does not echo it", async () => {
    const caller = await guest(api.url);
    const socket = new WebSocket(address(servers[0]), ["backline.v1", `token.${caller.token}`]);
    const frames: string[] = [];
    let headers = "";
    socket.on("upgrade", (response) => {
      headers = JSON.stringify(response.rawHeaders);
    });
    socket.on("message", (data) => frames.push(String(data)));
    await eventually("the welcome", async () => expect(frames.join("")).toContain('"welcome"'));
    expect(socket.protocol).toBe("backline.v1");
    expect(headers).not.toContain(caller.token);
    socket.terminate();
    const refused = new WebSocket(address(servers[0]), ["backline.v1", "token.forged"]);
    const code = await new Promise((resolve) => refused.on("close", resolve));
    expect(code).toBe(4401);
  });

  it("that does not read is cut, and the others of its room are not", async () => {
    const [ada, bob] = [await guest(api.url, "Ada"), await guest(api.url, "Bob")];
    const room = await createRoom(ada);
    const server = await platform.start("ws");
    const [slow, quick] = [await Client.join(server, ada, room), await Client.join(server, ada, room)];
    slow.socket.pause();
    const frame = {
      type: "typing",
      room,
      user: { id: bob.id, name: "Bob" },
      typing: true,
      pad: "x".repeat(400_000),
    };
    // Two at a time: one that reads never has too much waiting.
    for (let sent = 2; sent <= 40; sent += 2) {
      for (let index = 0; index < 2; index += 1)
        await redis.publish(roomChannel(room), JSON.stringify(frame));
      await quick.until(() => quick.of("typing").length === sent);
    }
    const metric = async (name: string) =>
      Number(new RegExp(`^${name} (\\d+)$`, "m").exec(await (await fetch(server.metricsUrl)).text())?.[1]);
    await eventually("the slow one is cut", async () =>
      expect(await metric("websocket_connections")).toBe(1),
    );
    expect(quick.closed).toBeUndefined();
    slow.socket.terminate();
  });
});
