/** Many WebSocket clients, and a publisher that keeps them busy. */
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { answerParent } from "../answer";
import { createRedis } from "../bare/stores";
import { CountingClient } from "./counting-client";

export type SocketLoad =
  | {
      readonly type: "connect";
      readonly url: string;
      /** First frames of each client. */
      readonly clients: readonly (readonly object[])[];
      /** What ends the server's greeting; it does not greet when this is left out. */
      readonly ready?: string;
    }
  | {
      readonly type: "broadcast";
      /** Where frames are published: a channel of Redis, or a URL. */
      readonly channel?: string;
      readonly url?: string;
      /** What every client receives. Each `{seq}` is a number of seven digits that grows by one. */
      readonly frame: string;
      readonly seconds: number;
    };

/** Connections that are made at once. */
const connectingAtOnce = 50;

/** Frames that are published before all clients have those before them. */
const window = 8;

/** Milliseconds without a byte after which nothing more comes. */
const quiet = 500;

const clients: CountingClient[] = [];
let seq = 1_000_000;

setInterval(() => {
  for (const client of clients) client.pong();
}, 15_000);

async function connect({
  url,
  clients: greetings,
  ready,
}: Extract<SocketLoad, { type: "connect" }>): Promise<number> {
  const left = [...greetings];
  const worker = async (): Promise<void> => {
    for (let frames = left.shift(); frames !== undefined; frames = left.shift())
      clients.push(await CountingClient.open(url, frames, ready));
  };
  await Promise.all(Array.from({ length: connectingAtOnce }, worker));
  return clients.length;
}

type Publish = (frame: string) => void;
const publishers = new Map<string, Publish>();

async function publisherOf(channel: string | undefined, url: string | undefined): Promise<Publish> {
  const known = publishers.get(channel ?? url ?? "");
  if (known !== undefined) return known;
  let publish: Publish;
  if (channel !== undefined) {
    const redis = createRedis();
    publish = (frame) => void redis.publish(channel, frame);
  } else {
    const socket = new WebSocket(url ?? "");
    await new Promise((opened, failed) => socket.once("open", opened).once("error", failed));
    publish = (frame) => socket.send(frame);
  }
  publishers.set(channel ?? url ?? "", publish);
  return publish;
}

async function untilQuiet(): Promise<void> {
  let before = -1;
  for (let now = 0; now !== before; ) {
    before = now;
    await sleep(quiet);
    now = clients.reduce((sum, { received }) => sum + received, 0);
  }
}

/** Frames that were delivered in a second. */
async function broadcast({
  channel,
  url,
  frame,
  seconds,
}: Extract<SocketLoad, { type: "broadcast" }>): Promise<number> {
  const publish = await publisherOf(channel, url);
  await untilQuiet();
  const length = Buffer.byteLength(frame.replaceAll("{seq}", String(seq)));
  const bytes = length + (length < 126 ? 2 : 4);
  const complete: number[] = [];
  const began = performance.now();
  let published = 0;
  const next = (): void => {
    seq += 1;
    published += 1;
    publish(frame.replaceAll("{seq}", String(seq)));
  };
  return new Promise((done) => {
    for (const client of clients) {
      let had = 0;
      client.received = 0;
      client.onBytes = () => {
        const has = Math.floor(client.received / bytes);
        for (; had < has; had += 1) {
          const count = (complete[had] ?? 0) + 1;
          complete[had] = count;
          if (count < clients.length) continue;
          const elapsed = performance.now() - began;
          if (elapsed < seconds * 1_000) next();
          else if (had + 1 === published) done((published * clients.length * 1_000) / elapsed);
        }
      };
    }
    for (let first = 0; first < window; first += 1) next();
  });
}

answerParent(async (load: SocketLoad) => (load.type === "connect" ? connect(load) : broadcast(load)));
