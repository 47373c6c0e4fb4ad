/** The process of a load: a test's own work must not slow the clients that it counts on. */
import { readFileSync } from "node:fs";
import { lookupAs } from "../client";
import { Account } from "./account";
import { KeepAliveClient } from "./keep-alive-client";
import { latency } from "./latency";
import type { LoadOptions, Outcome, Question, Reply, Span } from "./protocol";
import { SocketClients } from "./socket-clients";
import { SteadyRequests } from "./steady-requests";

/** Users who send HTTP requests, each to a room of their own. */
const writersCount = 20;

/** Milliseconds: an access token is good for 15 minutes. */
const renewInterval = 8 * 60_000;

/** Seconds in which clients join at first, and in which everything has arrived at the end. */
const patience = 60;

interface Load {
  span(from: number, to: number): Span;
  joined(): number;
  stop(): Promise<Outcome>;
}

async function start(options: LoadOptions): Promise<Load> {
  const connection = { ca: readFileSync(options.caPath), lookup: lookupAs(options.address) };
  const common = { origin: options.api, patience: 15_000, ...connection };
  const client = new KeepAliveClient({ ...common, connections: options.connections });
  const preparing = new KeepAliveClient({ ...common, connections: 8 });
  const newAccounts = (count: number, name: string) =>
    Promise.all(Array.from({ length: count }, (_, index) => Account.create(preparing, `${name} ${index}`)));

  const writers = await Promise.all(
    (await newAccounts(writersCount, "writer")).map(async (account) => ({
      account,
      room: await account.createRoom("requests"),
    })),
  );
  const members = await newAccounts(options.clients, "member");
  const rooms: string[] = [];
  for (let first = 0; first < members.length; first += options.clientsPerRoom) {
    const [owner] = members.slice(first);
    if (owner !== undefined) rooms.push(await owner.createRoom("sockets"));
  }
  const sockets = new SocketClients({
    url: options.sockets,
    connection,
    interval: options.messageInterval,
    clients: members.map((account, index) => ({
      token: () => account.token,
      room: rooms[Math.floor(index / options.clientsPerRoom)] ?? "",
    })),
  });
  await sockets.start(patience, options.messageInterval);
  const requests = new SteadyRequests({ client, writers, perSecond: options.requestsPerSecond });
  const renewing = setInterval(() => {
    const accounts = [...writers.map(({ account }) => account), ...members];
    Promise.all(accounts.map((account) => account.renew())).then(
      () => sockets.renew(),
      (error: unknown) => process.stderr.write(`tokens were not renewed: ${String(error)}\n`),
    );
  }, renewInterval);

  return {
    span(from, to) {
      const within = (time: number): boolean => time >= from && time < to;
      return {
        answered: requests.samples.filter(({ sent }) => within(sent)).length,
        failures: requests.failures.filter(({ sent }) => within(sent)),
        closes: sockets.closes.filter(({ at }) => within(at)),
        latency: latency(requests.samples, from, to),
      };
    },
    joined: () => sockets.joined,
    async stop() {
      clearInterval(renewing);
      await requests.stop();
      const settled = await sockets.settle(patience);
      const problems = [...settled.problems, ...(await requests.problems())];
      sockets.end();
      return {
        answered: requests.samples.length,
        repeated: requests.repeated,
        messages: settled.messages,
        problems,
      };
    },
  };
}

let running: Load | undefined;

async function answer(question: Question): Promise<unknown> {
  if (question.ask === "start") {
    running = await start(question.options);
    return undefined;
  }
  if (running === undefined) throw new Error("the load has not begun");
  if (question.ask === "span") return running.span(question.from, question.to);
  if (question.ask === "joined") return running.joined();
  return running.stop();
}

process.on("message", (question: Question) => {
  const reply = (content: Reply): void => void process.send?.(content);
  answer(question).then(
    (result) => reply({ result }),
    (error: unknown) => reply({ error: error instanceof Error ? (error.stack ?? "") : String(error) }),
  );
});
// Nobody waits for a load whose test is gone.
process.on("disconnect", () => process.exit());
