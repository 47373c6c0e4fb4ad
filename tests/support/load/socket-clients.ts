import { setTimeout as sleep } from "node:timers/promises";
import { type Close, NumberedClient, type NumberedClientOptions } from "./numbered-client";

export interface SocketClientsOptions extends Pick<NumberedClientOptions, "url" | "connection" | "interval"> {
  /** Token and room of each client. */
  readonly clients: readonly { readonly token: () => string; readonly room: string }[];
}

export interface ClientClose extends Close {
  readonly client: string;
}

/** Many clients in rooms of their own kind: who talks to the members of its room numbers what it says. */
export class SocketClients {
  readonly clients: readonly NumberedClient[];

  constructor({ clients, ...options }: SocketClientsOptions) {
    this.clients = clients.map(
      (client, index) => new NumberedClient({ ...options, ...client, name: `client-${index}` }),
    );
  }

  /** Waits until all follow their room, then lets them send, spread over their interval. */
  async start(seconds: number, interval: number): Promise<void> {
    await this.#until(seconds, "follow their room", ({ joined }) => joined);
    for (const client of this.clients) {
      client.start();
      await sleep(interval / this.clients.length);
    }
  }

  get joined(): number {
    return this.clients.filter(({ joined }) => joined).length;
  }

  /** Ends of connections, in the order of time. */
  get closes(): ClientClose[] {
    return this.clients
      .flatMap((client, index) => client.closes.map((close) => ({ ...close, client: `client-${index}` })))
      .sort((a, b) => a.at - b.at);
  }

  renew(): void {
    for (const client of this.clients) client.renew();
  }

  /**
   * Sends nothing new, waits until all is stored and has come to everybody in its room, and tells what is wrong with
   * it: nothing when every client has every message of its room once and in order.
   */
  async settle(seconds: number): Promise<{ messages: number; problems: string[] }> {
    const unanswered = await Promise.allSettled(this.clients.map((client) => client.stop(seconds)));
    const rooms = new Map<string, NumberedClient[]>();
    for (const client of this.clients) rooms.set(client.room, [...(rooms.get(client.room) ?? []), client]);
    const problems = unanswered.flatMap((outcome) =>
      outcome.status === "rejected" ? [String(outcome.reason)] : [],
    );
    let messages = 0;
    for (const members of rooms.values()) {
      const posted = members.flatMap(({ acknowledged }) => [...acknowledged.values()]);
      messages += posted.length;
      await this.#until(seconds, "have all", ({ last }) => last >= posted.length, members).catch(
        (error: unknown) => problems.push(String(error)),
      );
      problems.push(...problemsOf(members, posted));
    }
    return { messages, problems };
  }

  end(): void {
    for (const client of this.clients) client.end();
  }

  async #until(
    seconds: number,
    what: string,
    condition: (client: NumberedClient) => boolean,
    clients = this.clients,
  ): Promise<void> {
    for (const deadline = Date.now() + seconds * 1_000; !clients.every(condition); await sleep(50))
      if (Date.now() > deadline) {
        const late = clients.filter((client) => !condition(client));
        throw new Error(
          `${late.length} of ${clients.length} clients do not ${what} within ${seconds} s; the first has ${late[0]?.last} messages and ${JSON.stringify(late[0]?.trouble)}`,
        );
      }
  }
}

/** `posted`: the numbers that the room's messages were given. */
function problemsOf(members: readonly NumberedClient[], posted: readonly number[]): string[] {
  const problems = members.flatMap(({ violations }) => [...violations]);
  const numbers = [...posted].sort((a, b) => a - b);
  const wrong = numbers.findIndex((number, index) => number !== index + 1);
  if (wrong >= 0) problems.push(`the room's message ${wrong + 1} is missing or there twice`);
  const first = members[0]?.received.join() ?? "";
  members.forEach(({ received, last }, index) => {
    if (last !== posted.length) problems.push(`member ${index} has ${last} of ${posted.length} messages`);
    else if (received.join() !== first) problems.push(`member ${index} has other messages than member 0`);
  });
  return problems;
}
