/** The listener: WebSocket upgrades, and GET /health beside them. */
import { createServer, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { socketLimits } from "../contract/frames";
import { Problem } from "../contract/problems";
import type { HealthReporter } from "../runtime/health";
import { answer, healthRoutes, problemAnswer, rawAnswer, write } from "../runtime/http";
import type { SocketApp } from "./app";

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
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: socketLimits.frameBytes,
    perMessageDeflate: false,
    clientTracking: false,
  });
  http.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    if (stopped)
      return refuse(socket, new Problem("store_unavailable", "The server restarts; connect again."));
    if (!isSocketPath(request.url ?? "/")) {
      return refuse(socket, new Problem("route_not_found", "WebSocket connections go to /ws."));
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      const session = app.accept(client);
      client.on("message", (data, binary) => void session.receive(toBuffer(data), binary));
      client.on("pong", () => session.pong());
      client.on("close", (code) => app.release(session, code));
      // A broken connection or an oversized frame: ws closes it, and `close` follows.
      client.on("error", () => undefined);
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
