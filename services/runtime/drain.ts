import type { Server } from "node:http";
import type { Socket } from "node:net";

/** Milliseconds between two looks at the connections that are left. */
const interval = 100;

/** Milliseconds that a connection without any byte may keep a draining server waiting. */
const unusedMilliseconds = 1_000;

/**
 * Lets a server finish the requests that it has. Node.js alone closes the connections that are idle when it is asked
 * to; those that become idle later, or were opened without a request, would hold the server until they time out.
 *
 * Call it before the server listens. The function it returns calls `close`, which must stop the server, and cuts what
 * is left after `milliseconds`.
 */
export function drainable(
  server: Server,
): (close: () => Promise<unknown>, milliseconds: number) => Promise<void> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return async (close, milliseconds) => {
    const began = Date.now();
    const timer = setInterval(() => {
      const elapsed = Date.now() - began;
      server.closeIdleConnections();
      if (elapsed >= milliseconds) server.closeAllConnections();
      for (const socket of sockets) {
        if (socket.bytesRead === 0 && elapsed >= Math.min(unusedMilliseconds, milliseconds)) socket.destroy();
      }
    }, interval);
    try {
      await close();
    } finally {
      clearInterval(timer);
    }
  };
}
