/** Sends HTTP requests as fast as they are answered. */
import { answerParent, rate } from "../answer";
import { HttpConnection, type HttpRequest, toBytes } from "./http-connection";

export interface HttpLoad {
  readonly origin: string;
  readonly requests: readonly HttpRequest[];
  /** Status of every answer. */
  readonly expected: number;
  readonly connections: number;
  readonly seconds: number;
}

const opened = new Map<string, HttpConnection[]>();

async function connectionsTo(origin: string, count: number): Promise<HttpConnection[]> {
  const known =
    opened.get(origin) ??
    (await Promise.all(Array.from({ length: count }, () => HttpConnection.open(origin))));
  opened.set(origin, known);
  return known;
}

answerParent(async ({ origin, requests, expected, connections, seconds }: HttpLoad) => {
  const free = [...(await connectionsTo(origin, connections))];
  const bytes = requests.map((request) => toBytes(request, new URL(origin).host));
  return rate(connections, seconds, async (turn) => {
    const [connection, request] = [free.pop(), bytes[turn % bytes.length]];
    if (connection === undefined || request === undefined)
      throw new Error("there is nothing to ask, or nobody");
    const status = await connection.send(request);
    if (status !== expected) throw new Error(`an answer of ${status} instead of ${expected}`);
    free.push(connection);
  });
});
