import { once } from "node:events";
import { connect } from "node:net";
import Fastify from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { registerUnreadBodies } from "../../../../../services/api/plugins/unread-bodies";
import { eventually } from "../../../../support/client";
import { fakeApi } from "../fakes";

/** What is refused, each for another reason, before its body has come. */
const refused = {
  "a large body": ["Content-Type: application/json", 413],
  "another media type": ["Content-Type: text/plain", 415],
  "no token": ["Authorization: Bearer none", 401],
} as const;

const megabyte = Buffer.alloc(1024 * 1024, "x");
const open: (() => Promise<unknown>)[] = [];
afterEach(() => Promise.all(open.splice(0).map((close) => close())));

type Listener = Pick<Awaited<ReturnType<typeof fakeApi>>["app"], "listen" | "close">;

/** A connection to what listens, and what it has answered. */
async function connected(app: Listener) {
  const { port } = new URL(await app.listen({ port: 0, host: "127.0.0.1" }));
  const socket = connect(Number(port), "127.0.0.1");
  open.push(() => {
    socket.destroy();
    return app.close();
  });
  await once(socket, "connect");
  let answered = "";
  socket.on("data", (chunk) => {
    answered += String(chunk);
  });
  const statuses = () => [...answered.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));
  return {
    /** Sends, until the kernel has taken it all: the other side has read what does not fit into its buffers. */
    send: (...parts: (string | Buffer)[]) =>
      new Promise((resolve) => socket.write(Buffer.concat(parts.map((part) => Buffer.from(part))), resolve)),
    statuses,
    /** The statuses of the first `count` answers. */
    answers: (count: number) =>
      eventually(`${count} answers`, async () => (statuses().length < count ? undefined : statuses())),
    answered: () => answered,
  };
}

const head = (line: string, ...headers: readonly string[]) =>
  [`${line} HTTP/1.1`, "Host: x", ...headers, "", ""].join("\r\n");

describe("a body that nobody wants", () => {
  for (const [what, [header, status]] of Object.entries(refused))
    it(`is read to its end before the refusal, and the connection goes on: ${what}`, async () => {
      const { app, authorization } = await fakeApi();
      const { send, answers, statuses, answered } = await connected(app);
      const own = `Authorization: ${authorization}`;
      const headers = header.startsWith("Authorization") ? [header] : [header, own];
      await send(head("POST /v1/rooms", ...headers, `Content-Length: ${12 * megabyte.length}`));
      for (let count = 1; count < 12; count += 1) await send(megabyte);
      await send(megabyte.subarray(1));
      expect(statuses()).toEqual([]);
      await send("x", head("GET /v1/me", own));
      expect(await answers(2)).toEqual([status, 200]);
      expect(answered()).not.toMatch(/connection: close/i);
    });

  it("is read to its end also when its length is not announced", async () => {
    const { app, authorization } = await fakeApi();
    const { send, answers } = await connected(app);
    const headers = [`Authorization: ${authorization}`, "Content-Type: application/json"];
    await send(head("POST /v1/rooms", ...headers, "Transfer-Encoding: chunked"));
    for (let count = 0; count < 4; count += 1)
      await send(`${megabyte.length.toString(16)}\r\n`, megabyte, "\r\n");
    await send("0\r\n\r\n", head("GET /v1/me", ...headers));
    expect(await answers(2)).toEqual([413, 200]);
  });

  for (const bounds of [
    { bytes: 1024, milliseconds: 3_600_000 },
    { bytes: 3_600_000, milliseconds: 1 },
  ])
    it(`is awaited no further than ${JSON.stringify(bounds)}, and dropped after that`, async () => {
      const app = Fastify({ bodyLimit: 10 });
      registerUnreadBodies(app, bounds);
      const { send, answers, answered } = await connected(app);
      await send(head("POST /", "Content-Type: application/json", "Content-Length: 3000"));
      await send(megabyte.subarray(0, 2000));
      expect(await answers(1)).toEqual([413]);
      await send(megabyte.subarray(0, 1000), head("GET /"));
      expect(await answers(2)).toEqual([413, 404]);
      expect(answered()).not.toMatch(/connection: close/i);
    });

  it("is awaited no longer when its sender goes away", async () => {
    const app = Fastify({ bodyLimit: 10 });
    let sent = 0;
    registerUnreadBodies(app, { bytes: 1024, milliseconds: 3_600_000 });
    app.addHook("onSend", async () => {
      sent += 1;
    });
    app.addHook("onRequest", async ({ raw }) => void setImmediate(() => raw.socket.destroy()));
    const { send } = await connected(app);
    await send(head("POST /", "Content-Type: application/json", "Content-Length: 3000"));
    expect(await eventually("the answer to be sent", async () => sent || undefined)).toBe(1);
  });
});
