import type { Measurement } from "../measure";
import { alternate, type Contender } from "./alternate";
import { createWriters, text, type Writer } from "./fixtures";
import type { HttpLoad } from "./load/http";
import type { Deployment, Running } from "./processes";

const seconds = 4;

/** Requests at once. */
const connections = 32;

/** Messages of a page. */
const limit = 50;

/** Reading a page of messages, by the API and by a route that does nothing else. */
export async function measureGet(deployment: Deployment, api: Running, runs: number): Promise<Measurement> {
  const requests = (await createWriters(api, 10, 200)).map(({ token, room, id }: Writer) => ({
    method: "GET" as const,
    path: `/v1/rooms/${room}/messages?limit=${limit}`,
    headers: { authorization: `Bearer ${token}`, "x-user": id },
  }));
  const generator = await deployment.program("load/http");
  const bare = await deployment.program("bare/get");
  const contender = (process: Running): Contender => ({
    process,
    run: () =>
      generator.ask<number>({
        origin: process.url,
        expected: 200,
        requests,
        connections,
        seconds,
      } satisfies HttpLoad),
  });
  const figures = await alternate(runs, contender(api), contender(bare));
  for (const process of [generator, bare]) await process.end();
  return {
    what: `API: reading a page of ${limit} messages`,
    unit: "/s",
    runs: figures.runs,
    beside: {
      what: "a bare fastify route with the same calls to Redis and PostgreSQL",
      runs: figures.beside,
    },
  };
}

/** Posting a message, by the API and without one. */
export async function measurePost(deployment: Deployment, api: Running, runs: number): Promise<Measurement> {
  const writers = await createWriters(api, 20, 0);
  const load: HttpLoad = {
    origin: api.url,
    expected: 201,
    requests: writers.map(({ token, room }) => ({
      method: "POST",
      path: `/v1/rooms/${room}/messages`,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ body: text }),
    })),
    connections,
    seconds,
  };
  const insert = {
    writers: writers.map(({ id, room }) => ({ user: id, room })),
    atOnce: connections,
    seconds,
    body: text,
  };
  const generator = await deployment.program("load/http");
  const bare = await deployment.program("bare/post");
  const figures = await alternate(
    runs,
    { process: api, run: () => generator.ask<number>(load) },
    { process: bare, run: () => bare.ask<number>(insert) },
  );
  for (const process of [generator, bare]) await process.end();
  return {
    what: "API: posting a message",
    unit: "/s",
    runs: figures.runs,
    beside: { what: "the same INSERT through pg alone", runs: figures.beside },
  };
}
