/** A WebSocket client that counts bytes instead of reading frames, so that the server is what is measured. */
import { randomBytes } from "node:crypto";
import { request } from "node:http";
import type { Socket } from "node:net";

const opcodes = { text: 0x81, pong: 0x8a } as const;

/** A client's frame of less than 64 KiB, masked with zeros. */
function frame(opcode: number, content: string): Buffer {
  const bytes = Buffer.from(content);
  const head =
    bytes.length < 126
      ? Buffer.from([opcode, 0x80 | bytes.length])
      : Buffer.from([opcode, 0xfe, bytes.length >> 8, bytes.length & 0xff]);
  return Buffer.concat([head, Buffer.alloc(4), bytes]);
}

export class CountingClient {
  /** Bytes since they were counted anew. */
  received = 0;
  onBytes: ((client: CountingClient) => void) | undefined;
  #greeting = "";

  private constructor(readonly socket: Socket) {
    socket.setNoDelay(true);
  }

  /** Connects, sends the frames and waits until the server has sent `ready`, if there is one to wait for. */
  static async open(
    url: string,
    frames: readonly object[],
    ready: string | undefined,
  ): Promise<CountingClient> {
    const client = await new Promise<CountingClient>((opened, failed) => {
      const headers = {
        connection: "upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": randomBytes(16).toString("base64"),
      };
      request(url, { headers, agent: false })
        .once("upgrade", (_, socket) => opened(new CountingClient(socket as Socket)))
        .once("response", ({ statusCode }) => failed(new Error(`${url} answered ${statusCode}`)))
        .once("error", failed)
        .end();
    });
    const greeted = new Promise<void>((done, failed) => {
      client.socket.once("close", () => failed(new Error(`closed after ${client.#greeting}`)));
      client.socket.on("error", failed);
      client.onBytes = () => {
        if (ready === undefined || client.#greeting.includes(ready)) done();
      };
      if (ready === undefined) done();
    });
    client.socket.on("data", (chunk: Buffer) => {
      if (client.#counting) client.received += chunk.length;
      else client.#greeting += chunk.toString("latin1");
      client.onBytes?.(client);
    });
    for (const content of frames) client.socket.write(frame(opcodes.text, JSON.stringify(content)));
    await greeted;
    client.#counting = true;
    client.onBytes = undefined;
    client.#greeting = "";
    return client;
  }
  #counting = false;

  /** A sign of life, before the server asks for it. */
  pong(): void {
    this.socket.write(frame(opcodes.pong, ""));
  }
}
