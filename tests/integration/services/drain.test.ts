import { Agent, createServer, get } from "node:http";
import { createConnection } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { drainable } from "../../../services/runtime/drain";
import { listen } from "../../../services/runtime/http";

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A server that answers a request when it is told to, and a client that keeps its connections. */
async function setUp() {
  let finish = (): void => undefined;
  const server = createServer((_request, response) => {
    finish = () => response.end("done");
  });
  const drain = drainable(server);
  const port = await listen(server, 0, "127.0.0.1");
  const agent = new Agent({ keepAlive: true });
  ends.push(
    () => agent.destroy(),
    () => server.closeAllConnections(),
  );
  const arrived = new Promise<void>((resolve) => server.once("request", () => resolve()));
  const answered = new Promise<string>((resolve, reject) => {
    const request = get({ port, host: "127.0.0.1", agent }, (response) => {
      response.setEncoding("utf8").on("data", (text: string) => resolve(text));
    });
    request.on("error", (error) => reject(error));
  });
  await arrived;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return {
    port,
    drain: (milliseconds: number) => drain(close, milliseconds),
    finish: () => finish(),
    answered,
  };
}

describe("drainable", () => {
  it("finishes an open request, then closes the connection that is kept alive", async () => {
    const { drain, finish, answered } = await setUp();
    const drained = drain(60_000);
    finish();
    expect(await answered).toBe("done");
    await drained;
  });

  it("does not wait for a connection that never sent anything", async () => {
    const { port, drain, finish, answered } = await setUp();
    const silent = createConnection(port, "127.0.0.1");
    await new Promise<void>((resolve) => silent.once("connect", resolve));
    const closed = new Promise<void>((resolve) => silent.once("close", () => resolve()));
    finish();
    await Promise.all([answered, drain(60_000), closed]);
    expect(silent.destroyed).toBe(true);
  });

  it("cuts a request that outlasts the drain", async () => {
    const { drain, answered } = await setUp();
    const cut = expect(answered).rejects.toThrow("socket hang up");
    await drain(200);
    await cut;
  });
});
