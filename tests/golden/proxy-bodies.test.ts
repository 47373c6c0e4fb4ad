/** What bodies that are too large cost those who send none. */
import { once } from "node:events";
import tls from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { ServedProxy } from "../support/served-proxy";
import { type Ports, serveSites } from "../support/served-sites";

const host = "api.localhost";

/** A request that stands in the body of another one; as often as fills `bytes`. */
const hidden = (bytes: number): string => {
  const request = `GET /hidden HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  return request.repeat(Math.ceil(bytes / request.length));
};

const chunked = (body: string): string => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

describe("a body that is too large", () => {
  let served: ServedProxy;
  let ports: Ports;
  beforeAll(async () => {
    ({ served, ports } = await serveSites({}));
  });
  afterAll(() => served?.remove());

  /** Sends a POST over a connection of its own, whole and at once, and answers what comes back until the other side ends it. */
  async function post(header: string, body: string): Promise<string> {
    const options = { host: "127.0.0.1", port: ports.https, servername: host, rejectUnauthorized: false };
    const socket = tls.connect(options);
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    // The other side may end the connection while much of the body is on its way.
    socket.on("error", () => undefined);
    await once(socket, "secureConnect");
    socket.end(`POST /echo HTTP/1.1\r\nHost: ${host}\r\n${header}\r\n\r\n${body}`);
    await new Promise((resolve) => socket.once("close", resolve));
    return Buffer.concat(chunks).toString("latin1");
  }

  const sizes = [100_000, 400_000, 1_000_000, 3_000_000];
  const sent = sizes.flatMap((size) => {
    const body = hidden(size);
    return [
      [`${size} bytes with their length`, `Content-Length: ${body.length}`, body],
      [`${size} bytes in a chunk`, "Transfer-Encoding: chunked", chunked(body)],
    ] as const;
  });

  it.each(sent)("is never taken for requests: %s", async (_what, header, body) => {
    const answer = await post(header, body);
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 413"]);
    expect(JSON.stringify(await served.logs())).not.toContain("/hidden");
  });

  it("does not count against the service that it was meant for", async () => {
    await Promise.all(sent.map(([, header, body]) => post(header, body)));
    const upstreams = z
      .array(z.object({ fails: z.number() }))
      .parse(await served.admin("/reverse_proxy/upstreams"));
    expect(upstreams.map(({ fails }) => fails)).toEqual([0, 0]);
    expect((await served.https(host, "/")).status).toBe(200);
  });
});
