import { randomUUID } from "node:crypto";
import { roomChannel } from "../../services/contract/channels";
import type { Measurement } from "../measure";
import { alternate } from "./alternate";
import { createGuests, createWriters, text } from "./fixtures";
import type { SocketLoad } from "./load/sockets";
import { type Deployment, type Running, residentBytes } from "./processes";

const seconds = 4;
const followers = 500;
const idle = 5_000;

/** A published message, as a client receives it. */
const frameOf = (room: string, user: string): string =>
  JSON.stringify({
    type: "message",
    id: randomUUID(),
    room,
    seq: "{seq}",
    user: { id: user, name: "Ada" },
    body: text,
    sentAt: new Date().toISOString(),
  }).replace('"{seq}"', "{seq}");

/** One message to many clients, by the WebSocket server and by a bare loop. */
export async function measureFanOut(
  deployment: Deployment,
  api: Running,
  runs: number,
): Promise<Measurement> {
  const server = await deployment.service("ws");
  const bare = await deployment.program("bare/sockets");
  const [owner] = await createWriters(api, 1, 0);
  if (owner === undefined) throw new Error("there is no room");
  // Numbers of one length, so that clients can tell frames by their bytes.
  await deployment.sql("UPDATE rooms SET last_seq = 1000000 WHERE id = $1", [owner.room]);
  const guests = await createGuests(api, followers);
  const ours = await deployment.program("load/sockets");
  const theirs = await deployment.program("load/sockets");
  await ours.ask({
    type: "connect",
    url: `${server.url}/ws`,
    clients: guests.map(({ token }) => [
      { type: "auth", token },
      { type: "join", room: owner.room },
    ]),
    ready: '"type":"joined"',
  } satisfies SocketLoad);
  await theirs.ask({ type: "connect", url: bare.url, clients: guests.map(() => []) } satisfies SocketLoad);
  const frame = frameOf(owner.room, owner.id);
  const broadcast = (load: Partial<SocketLoad>) => ({ type: "broadcast", frame, seconds, ...load });
  const figures = await alternate(
    runs,
    { process: server, run: () => ours.ask<number>(broadcast({ channel: roomChannel(owner.room) })) },
    {
      process: bare,
      run: () => theirs.ask<number>(broadcast({ url: `${bare.url.replace("http", "ws")}/publish` })),
    },
  );
  for (const process of [ours, theirs, server, bare]) await process.end();
  return {
    what: `WebSocket: messages delivered to ${followers} clients of a room`,
    unit: "/s",
    runs: figures.runs,
    beside: { what: "a bare `ws` broadcast loop", runs: figures.beside },
  };
}

/** Memory of idle connections that are signed in, and of the same on a bare server. */
export async function measureIdle(deployment: Deployment, api: Running): Promise<Measurement> {
  const guests = await createGuests(api, idle);
  const megabytes = async (server: Running, clients: object[][], ready?: string): Promise<number> => {
    const load = await deployment.program("load/sockets");
    const before = residentBytes(server.pid);
    await load.ask({
      type: "connect",
      url: `${server.url}/ws`,
      clients,
      ...(ready === undefined ? {} : { ready }),
    } satisfies SocketLoad);
    const after = residentBytes(server.pid);
    await load.end();
    await server.end();
    return (after - before) / 1_000_000;
  };
  const ours = await megabytes(
    await deployment.service("ws"),
    guests.map(({ token }) => [{ type: "auth", token }]),
    '"type":"welcome"',
  );
  const bare = await megabytes(
    await deployment.program("bare/sockets"),
    guests.map(() => []),
  );
  return {
    what: `WebSocket: memory of ${idle} idle clients`,
    unit: "MB",
    runs: [ours],
    beside: { what: "a bare `ws` server", runs: [bare] },
  };
}
