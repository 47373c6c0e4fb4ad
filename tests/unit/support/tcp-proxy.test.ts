import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../../support/stores";
import { startTcpProxy, type TcpProxy } from "../../support/tcp-proxy";

const echo = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on("error", () => undefined);
  socket.pipe(socket);
});

/** A connection that keeps what comes back and how it ended. */
class Peer {
  received = "";
  ended = false;
  closed = false;
  failure: string | undefined;
  readonly socket: Socket;

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.on("data", (chunk: Buffer) => {
      this.received += chunk.toString();
    });
    this.socket.on("end", () => {
      this.ended = true;
    });
    this.socket.on("close", () => {
      this.closed = true;
    });
    this.socket.on("error", (error: NodeJS.ErrnoException) => {
      this.failure = error.code;
    });
  }

  until(state: Partial<Pick<Peer, "received" | "ended" | "closed" | "failure">>): Promise<void> {
    return eventually("the peer is there", async () => expect(this).toMatchObject(state), 10);
  }
}

let proxy: TcpProxy;
let peers: Peer[];
const peer = (): Peer => {
  const made = new Peer(proxy.port);
  peers.push(made);
  return made;
};

beforeEach(async () => {
  await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve));
  proxy = await startTcpProxy({ host: "127.0.0.1", port: (echo.address() as AddressInfo).port });
  peers = [];
});
afterEach(async () => {
  for (const { socket } of peers) socket.destroy();
  await proxy.close();
  await new Promise((resolve) => echo.close(resolve));
});

describe("a TCP proxy", () => {
  it("passes bytes and their end in both directions", async () => {
    const client = peer();
    client.socket.end("hello");
    await client.until({ received: "hello", ended: true });
  });

  it("delivers late and in order, and keeps the order when the delay ends", async () => {
    const client = peer();
    await proxy.delay(200);
    const began = performance.now();
    client.socket.write("1");
    await client.until({ received: "1" });
    // Late by the delay each way; timers may be early by a millisecond.
    expect(performance.now() - began).toBeGreaterThan(390);
    client.socket.write("2");
    await proxy.pass();
    client.socket.write("3");
    await client.until({ received: "123" });
  });

  it("holds everything back while it is frozen, also of new connections", async () => {
    const before = peer();
    before.socket.write("a");
    await before.until({ received: "a" });
    proxy.freeze();
    const after = peer();
    before.socket.write("b");
    after.socket.write("c");
    // Would be slower than what the proxy lets through.
    const direct = new Peer((echo.address() as AddressInfo).port);
    peers.push(direct);
    for (const received of ["d", "dd", "ddd"]) {
      direct.socket.write("d");
      await direct.until({ received });
    }
    expect([before.received, after.received]).toEqual(["a", ""]);
    await proxy.pass();
    await before.until({ received: "ab", closed: false });
    await after.until({ received: "c" });
  });

  it("cuts what is open and takes new connections", async () => {
    const before = peer();
    before.socket.write("a");
    await before.until({ received: "a" });
    proxy.cut();
    await before.until({ closed: true });
    const after = peer();
    after.socket.write("b");
    await after.until({ received: "b" });
  });

  it("refuses new connections until it passes again, on the same port", async () => {
    const { port } = proxy;
    const before = peer();
    before.socket.write("a");
    await before.until({ received: "a" });
    await proxy.refuse();
    await before.until({ closed: true });
    const refused = peer();
    await refused.until({ failure: "ECONNREFUSED" });
    await proxy.pass();
    const after = peer();
    after.socket.write("b");
    await after.until({ received: "b" });
    expect(proxy.port).toBe(port);
  });
});
