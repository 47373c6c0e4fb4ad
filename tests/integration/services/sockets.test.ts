import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Client, createRoom, eventually, guest, type Platform, type Service, startPlatform } from "./harness";

let platform: Platform;
let api: Service;
let servers: [Service, Service];
beforeAll(async () => {
  platform = await startPlatform();
  [api, ...servers] = await Promise.all([platform.start("api"), platform.start("ws"), platform.start("ws")]);
}, 90_000);
afterAll(() => platform?.remove());

const sequences = (client: Client) => client.of("message").map(({ seq }) => Number(seq));

describe("two WebSocket servers on one Redis", { timeout: 60_000 }, () => {
  it("show every client every message of its room, wherever it was posted", async () => {
    const [ada, bob] = [await guest(api.url, "Ada"), await guest(api.url, "Bob")];
    const [room, other] = [await createRoom(ada), await createRoom(ada)];
    const first = await Client.join(servers[0], ada, room);
    const second = await Client.join(servers[1], bob, room);
    const elsewhere = await Client.join(servers[1], bob, other);
    first.send({ type: "message", room, body: "from the first" });
    second.send({ type: "message", room, body: "from the second" });
    const posted = await ada.post(`/v1/rooms/${room}/messages`, { body: "from the API" });
    expect(posted.status).toBe(201);
    for (const client of [first, second]) await client.until(() => client.of("message").length === 3);
    expect(first.of("message")).toEqual(second.of("message"));
    expect(sequences(first)).toEqual([1, 2, 3]);
    expect(first.of("message")).toContainEqual({ type: "message", ...posted.body });
    const stored = await ada.get(`/v1/rooms/${room}/messages`);
    expect(first.of("message")).toEqual(
      (stored.body.messages as object[]).map((message) => ({ type: "message", ...message })),
    );
    expect(elsewhere.of("message")).toEqual([]);
  });

  it("number messages without gaps when both servers and the API post at once", async () => {
    const caller = await guest(api.url);
    const room = await createRoom(caller);
    const clients = [
      await Client.join(servers[0], caller, room),
      await Client.join(servers[1], caller, room),
    ];
    for (const client of clients) {
      for (let index = 0; index < 50; index += 1) client.send({ type: "message", room, body: `m${index}` });
    }
    const posts = Array.from({ length: 50 }, () =>
      caller.post(`/v1/rooms/${room}/messages`, { body: "api" }),
    );
    await Promise.all(posts);
    const all = Array.from({ length: 150 }, (_, index) => index + 1);
    for (const client of clients) {
      await client.until(() => client.of("message").length >= 150);
      expect(sequences(client)).toEqual(all);
    }
  });

  it("tell joining clients where the room is, and stop when they leave", async () => {
    const caller = await guest(api.url);
    const room = await createRoom(caller);
    await caller.post(`/v1/rooms/${room}/messages`, { body: "before" });
    const client = await Client.join(servers[0], caller, room);
    const present = [{ id: caller.id, name: "Ada" }];
    expect(client.of("joined")).toEqual([
      { type: "joined", room, role: "owner", seq: 1, missed: 0, present },
    ]);
    client.send({ type: "leave", room });
    await client.until(() => client.of("left").length === 1);
    await caller.post(`/v1/rooms/${room}/messages`, { body: "after" });
    client.send({ type: "join", room });
    await client.until(() => client.of("joined").length === 2);
    expect(client.of("joined")[1]).toMatchObject({ seq: 2, missed: 0 });
    expect(client.of("message")).toEqual([]);
  });

  it("close the connections of a session that is signed out, and no others", async () => {
    const [ada, eve] = [await guest(api.url, "Ada"), await guest(api.url, "Eve")];
    const gone = await Promise.all(servers.map((server) => Client.join(server, ada)));
    const stays = await Client.join(servers[0], eve);
    expect((await ada.post("/v1/auth/sign-out", {})).status).toBe(204);
    for (const client of gone) {
      // Sooner than a server looks for what it was not told.
      const close = await client.untilClosed(5);
      expect(close).toEqual({ code: 4401, reason: "the session has ended" });
    }
    const late = await Client.open(servers[1]);
    late.send({ type: "auth", token: ada.token });
    expect(await late.untilClosed()).toEqual({ code: 4401, reason: "the session has ended" });
    stays.send({ type: "ping" });
    await stays.until(() => stays.of("pong").length === 1);
  });

  it("tell members who are removed, and deliver nothing to them any more", async () => {
    const [ada, bob] = [await guest(api.url, "Ada"), await guest(api.url, "Bob")];
    const room = await createRoom(ada);
    const watching = await Client.join(servers[0], ada, room);
    const removed = await Promise.all(servers.map((server) => Client.join(server, bob, room)));
    expect((await ada.delete(`/v1/rooms/${room}/members/${bob.id}`)).status).toBe(204);
    for (const client of removed) {
      await client.until(() => client.of("left").length === 1);
      expect(client.of("left")).toEqual([{ type: "left", room }]);
    }
    await ada.post(`/v1/rooms/${room}/messages`, { body: "for members" });
    await watching.until(() => watching.of("message").length === 1);
    for (const client of removed) {
      client.send({ type: "message", room, body: "from outside" });
      await client.until(() => client.of("error").length === 1);
      expect(client.of("error")[0]).toMatchObject({ code: "not_joined", room });
      expect(client.of("message")).toEqual([]);
    }
    await watching.until(() => watching.of("presence").length === 2);
    expect(watching.of("presence").map(({ present }) => present)).toEqual([true, false]);
  });

  it("answer plain HTTP beside the sockets", async () => {
    expect((await fetch(`${servers[0].url}/health`)).status).toBe(200);
    expect((await fetch(`${servers[0].url}/ws`)).status).toBe(426);
    expect((await fetch(`${servers[0].url}/nowhere`)).headers.get("content-type")).toBe(
      "application/problem+json",
    );
    await expect(Client.open(servers[0], "/nowhere")).rejects.toThrow("Unexpected server response: 404");
    for (const path of ["/", "/ws/studio"]) (await Client.open(servers[0], path)).socket.terminate();
  });

  it("close a frame that is too large with 1009 and a wrong first frame with 4401", async () => {
    const large = await Client.open(servers[0]);
    large.send({ type: "auth", token: "x".repeat(64 * 1024) });
    expect((await large.untilClosed()).code).toBe(1009);
    const wrong = await Client.open(servers[0]);
    wrong.send({ type: "auth", token: "x" });
    expect(await wrong.untilClosed()).toEqual({ code: 4401, reason: "the access token is not valid" });
  });

  it("count their connections", async () => {
    const caller = await guest(api.url);
    const server = await platform.start("ws");
    const clients = await Promise.all([Client.join(server, caller), Client.join(server, caller)]);
    const connections = async () =>
      /^websocket_connections (\d+)$/m.exec(await (await fetch(server.metricsUrl)).text())?.[1];
    expect(await connections()).toBe("2");
    clients[0]?.socket.terminate();
    await eventually("the connection is gone", async () => expect(await connections()).toBe("1"));
    expect(await server.end()).toBe(0);
  });

  it("ask their clients to reconnect on SIGTERM, refuse new ones and exit 0", async () => {
    const caller = await guest(api.url);
    const server = await platform.start("ws");
    const room = await createRoom(caller);
    const clients = await Promise.all(Array.from({ length: 5 }, () => Client.join(server, caller, room)));
    const exit = server.end();
    for (const client of clients) {
      expect(await client.untilClosed()).toEqual({
        code: 1012,
        reason: "the server restarts; reconnect and resume",
      });
    }
    await expect(Client.open(server)).rejects.toThrow();
    expect(await exit).toBe(0);
  });

  it("end at once on a second signal", async () => {
    const caller = await guest(api.url);
    const server = await platform.start("ws", { DRAIN_SECONDS: "60" });
    const client = await Client.join(server, caller);
    // A client that does not answer the close keeps the drain waiting.
    client.socket.pause();
    server.process.kill("SIGTERM");
    await eventually("the drain begins", async () => expect(server.output()).toContain('"draining"'));
    expect(await server.end()).toBe(1);
    client.socket.terminate();
  });
});
