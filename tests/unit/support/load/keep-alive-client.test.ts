import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { makeCertificate } from "../../../support/certificate";
import { type HttpRequest, KeepAliveClient } from "../../../support/load/keep-alive-client";

let directory: string;
let key: Buffer;
let ca: Buffer;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "backline-load-"));
  const { keyFile, certificateFile } = await makeCertificate(directory);
  [key, ca] = await Promise.all([readFile(keyFile), readFile(certificateFile)]);
});
afterAll(() => rm(directory, { recursive: true }));

let server: Server;
let client: KeepAliveClient;
/** Connections that the server has taken. */
let sockets: Socket[];
afterEach(async () => {
  client.close();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

async function serve(answer: RequestListener, patience = 5_000): Promise<void> {
  sockets = [];
  server = createServer({ key, cert: ca }, answer);
  server.on("secureConnection", (socket: Socket) => sockets.push(socket));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  client = new KeepAliveClient({ origin: `https://localhost:${port}`, ca, connections: 1, patience });
}

const get: HttpRequest = { method: "GET", path: "/", headers: {} };
const post: HttpRequest = { method: "POST", path: "/", headers: { "idempotency-key": "1" }, body: "{}" };

it("sends one request after the other on one connection", async () => {
  await serve((request, response) => response.end(`${request.method} ${request.headers["idempotency-key"]}`));
  expect(await client.send(get)).toEqual({ status: 200, body: "GET undefined" });
  expect(await client.send(post)).toEqual({ status: 200, body: "POST 1" });
  expect(sockets).toHaveLength(1);
});

it("sends a request once that meets a kept connection's end", async () => {
  let requests = 0;
  await serve((request, response) => {
    requests += 1;
    if (requests === 2) request.socket.destroy();
    else response.end("here");
  });
  await client.send(get);
  await expect(client.send(post)).rejects.toThrow("socket hang up");
  expect([requests, sockets.length]).toEqual([2, 1]);
});

it("sends a request once that fails on a new connection", async () => {
  let requests = 0;
  await serve((request) => {
    requests += 1;
    request.socket.destroy();
  });
  await expect(client.send(post)).rejects.toThrow("socket hang up");
  expect(requests).toBe(1);
});

it("sends a request once whose answer breaks off", async () => {
  let requests = 0;
  await serve((_, response) => {
    requests += 1;
    if (requests === 1) return void response.end("here");
    response.writeHead(200, { "content-length": "100" });
    response.write("half", () => response.destroy());
  });
  await client.send(get);
  await expect(client.send(get)).rejects.toThrow("aborted");
  expect(requests).toBe(2);
});

it("gives up a request that is not answered", async () => {
  await serve(() => undefined, 50);
  await expect(client.send(get)).rejects.toThrow("no answer within 50 ms");
});

it("does not count the time in which a request waits for a connection", async () => {
  await serve((_, response) => void setTimeout(() => response.end("here"), 60), 100);
  const answers = await Promise.all([get, get, get].map((request) => client.send(request)));
  expect(answers.map(({ body }) => body)).toEqual(["here", "here", "here"]);
});
