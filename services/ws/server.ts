/** The listener: WebSocket upgrades, and GET /health beside them. */
import { createServer, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import { socketLimits, subprotocol } from "../contract/frames";
import { Problem } from "../contract/problems";
import type { HealthReporter } from "../runtime/health";
import { answer, healthRoutes, problemAnswer, rawAnswer, write } from "../runtime/http";
import type { SocketApp } from "./app";
import { offeredToken } from "./authentication";
import type { Session } from "./session";

export interface SocketServer {
  readonly http: Server;
  /** Stops accepting connections; open ones go on. */
  stop(): void;
}

/** Paths that are WebSocket endpoints; they all are the same one. */
export function isSocketPath(url: string): boolean {
  const path = url.split("?", 1)[0] ?? "/";
  return path === "/" || path === "/ws" || path.startsWith("/ws/");
}

/** Carries its session, so that all connections share their listeners. */
class Connection extends WebSocket {
  session: Session | undefined;
}

const sessionOf = (client: WebSocket): Session | undefined =>
  client instanceof Connection ? client.session : undefined;

function onMessage(this: WebSocket, data: Buffer | ArrayBuffer | Buffer[], binary: boolean): void {
  void sessionOf(this)?.receive(toBuffer(data), binary);
}

function onPing(this: WebSocket, data: Buffer): void {
  sessionOf(this)?.pinged(data);
}

function onPong(this: WebSocket): void {
  sessionOf(this)?.pong();
}

/** A broken connection or an oversized frame: the socket closes itself, and `close` follows. */
function ignore(): void {}

export function createSocketServer(app: SocketApp, health: HealthReporter): SocketServer {
  const routes = healthRoutes(health);
  let stopped = false;
  const http = createServer((request, response) => {
    const url = request.url ?? "/";
    if (isSocketPath(url)) {
      response.writeHead(426, { upgrade: "websocket", connection: "upgrade" }).end();
      return;
    }
    void answer(routes, request.method ?? "GET", url).then((result) => write(request, response, result));
  });
  // Compression costs memory for every connection, and frames are small.
  const sockets = new WebSocketServer<typeof Connection>({
    noServer: true,
    maxPayload: socketLimits.frameBytes,
    perMessageDeflate: false,
    clientTracking: false,
    // A client that pings without reading would fill the memory with pongs: see Session.pinged.
    autoPong: false,
    // Never the one that holds the token, which would stand in the answer.
    handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
    WebSocket: Connection,
  });
  function release(this: WebSocket, code: number): void {
    const session = sessionOf(this);
    if (session !== undefined) app.release(session, code);
  }
  http.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    if (stopped)
      return refuse(socket, new Problem("store_unavailable", "The server restarts; connect again."));
    if (!isSocketPath(request.url ?? "/")) {
      return refuse(socket, new Problem("route_not_found", "WebSocket connections go to /ws."));
    }
    sockets.handleUpgrade(request, socket, head, (client: Connection) => {
      client.session = app.accept(client, offeredToken(request.headers["sec-websocket-protocol"]));
      client.on("message", onMessage).on("ping", onPing).on("pong", onPong).on("error", ignore);
      client.on("close", release);
    });
  });
  return {
    http,
    stop() {
      stopped = true;
      http.close();
    },
  };
}

function toBuffer(data: Buffer | ArrayBuffer | Buffer[]): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

/** Answers an upgrade request with a problem instead of a WebSocket. */
function refuse(socket: Duplex, problem: Problem): void {
  socket.end(rawAnswer(problemAnswer(problem)));
}
