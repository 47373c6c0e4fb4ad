/** Connections below HTTP, for what no client would send. */
import net from "node:net";
import tls from "node:tls";
import type { ContractTarget } from "./target";

/** Opens a connection to where `url` points, through TLS if it says so. */
export function connectTo(target: ContractTarget, url: string): Promise<net.Socket> {
  const { protocol, hostname, port } = new URL(url);
  const { lookup, ca } = target.client().connection;
  const options = { host: hostname, port: Number(port), lookup };
  const secure = protocol === "https:" || protocol === "wss:";
  return new Promise((resolve, reject) => {
    const socket: net.Socket = secure
      ? tls.connect({ ...options, servername: hostname, ...(ca === undefined ? {} : { ca }) })
      : net.connect(options);
    socket.once("error", reject);
    socket.once(secure ? "secureConnect" : "connect", () => {
      socket.off("error", reject);
      // What comes after is the peer's way to end the conversation.
      socket.on("error", () => undefined);
      resolve(socket);
    });
  });
}

/** Sends bytes and answers what comes back, until it is enough or the other side ends the connection. */
export async function exchange(
  target: ContractTarget,
  url: string,
  bytes: string | Buffer,
  enough: RegExp = /$^/,
): Promise<string> {
  const socket = await connectTo(target, url);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const end = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(Buffer.concat(chunks).toString("latin1"));
    };
    const timer = setTimeout(end, 15_000);
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      if (enough.test(Buffer.concat(chunks).toString("latin1"))) end();
    });
    socket.on("close", end);
    socket.on("end", end);
    socket.write(bytes);
  });
}
