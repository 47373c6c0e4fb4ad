import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocketServer } from "ws";
import { makeCertificate } from "../../../support/certificate";
import { FakeRoom } from "./fake-room";

/** As much of a platform as a load needs, on one HTTPS port of this machine. */
export interface FakePlatform {
  readonly api: string;
  readonly sockets: string;
  readonly caPath: string;
  /** Texts that were posted over HTTP, by room. */
  readonly posted: ReadonlyMap<string, string[]>;
  readonly rooms: ReadonlyMap<string, FakeRoom>;
  /** Status of the next POSTs of messages instead of 201. */
  readonly refusals: number[];
  close(): Promise<void>;
}

export async function startFakePlatform(): Promise<FakePlatform> {
  const directory = await mkdtemp(join(tmpdir(), "backline-load-"));
  const { keyFile, certificateFile } = await makeCertificate(directory);
  const posted = new Map<string, string[]>();
  const rooms = new Map<string, FakeRoom>();
  const refusals: number[] = [];
  let count = 0;

  const answer = (path: string, method: string, body: string): [number, unknown] => {
    const room = /^\/v1\/rooms\/(\w+)\/messages/.exec(path)?.[1];
    if (path === "/v1/auth/guest") return [201, { token: `token-${count++}`, refreshToken: "r" }];
    if (path === "/v1/rooms") {
      const id = `room${count++}`;
      rooms.set(id, new FakeRoom());
      posted.set(id, []);
      return [201, { id }];
    }
    if (room === undefined) return [200, {}];
    const texts = posted.get(room) ?? [];
    if (method === "GET")
      return [200, { messages: texts.map((text, index) => ({ seq: index + 1, body: text })), next: null }];
    const refusal = refusals.shift();
    if (refusal !== undefined) return [refusal, {}];
    texts.push(JSON.parse(body).body);
    return [201, {}];
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const [status, content] = answer(request.url ?? "/", request.method ?? "", body);
    response.writeHead(status).end(JSON.stringify(content));
  };
  const server = createServer(
    { key: await readFile(keyFile), cert: await readFile(certificateFile) },
    (request, response) => void serve(request, response),
  );
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket) => {
    socket.on("message", (data) => {
      const frame = JSON.parse(String(data));
      if (frame.type === "auth") socket.send(JSON.stringify({ type: "welcome" }));
      else rooms.get(frame.room)?.receive(frame, socket);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    api: `https://localhost:${port}`,
    sockets: `wss://localhost:${port}/ws`,
    caPath: certificateFile,
    posted,
    rooms,
    refusals,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await rm(directory, { recursive: true });
    },
  };
}
