import type { IncomingMessage } from "node:http";
import type { Api } from "../dependencies";

/** How far an answer waits for the rest of a body. */
interface Bounds {
  readonly bytes: number;
  readonly milliseconds: number;
}
const usual: Bounds = { bytes: 16 * 1024 * 1024, milliseconds: 5_000 };

/**
 * Has a body that nobody wants (the request is refused before all of it has come) be read and dropped before the answer
 * goes out, within bounds. Who sees the answer in the middle of sending may take it badly: Caddy closes its connection to
 * us and then answers 502, or takes the rest of the body for the client's next request. Beyond the bounds the answer goes
 * out all the same and what still comes is dropped, until the server's `requestTimeout`, or until it is so much that it has no
 * end: then the connection is cut.
 */
export function registerUnreadBodies(app: Pick<Api, "addHook">, bounds = usual): void {
  app.addHook("onSend", (request, reply, payload, done) => {
    // Fastify closes the connection after any body that it does not parse, which cuts off who still sends.
    reply.removeHeader("connection");
    const { raw } = request;
    if (raw.complete || raw.readableEnded || !announcesBody(raw)) done(null, payload);
    else awaitRest(raw, bounds, () => done(null, payload));
  });
}

const announcesBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

/** A body of so many times the bytes that an answer waits for has no end. */
const endless = 4;

/** Drops what comes of the body, and calls `done` once: at its end, or at a bound. */
function awaitRest(body: IncomingMessage, { bytes, milliseconds }: Bounds, done: () => void): void {
  let read = 0;
  let settled = false;
  const count = (chunk: Buffer): void => {
    read += chunk.length;
    if (read > bytes) settle();
    if (read > endless * bytes) body.socket.destroy();
  };
  const settle = (): void => {
    if (settled) return;
    settled = true;
    clearTimeout(timer);
    body.off("close", settle).off("end", settle);
    done();
  };
  const timer = setTimeout(settle, milliseconds);
  body.on("data", count).once("close", settle).once("end", settle);
}
