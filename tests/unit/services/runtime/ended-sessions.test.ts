import { EventEmitter } from "node:events";
import { afterEach, describe, expect, it, vi } from "vitest";
import { endedSessionsChannel } from "../../../../services/contract/channels";
import {
  createEndedSessions,
  type EndedSessions,
  type SessionCommands,
  type SessionSubscriber,
} from "../../../../services/runtime/ended-sessions";

/** One Redis for several processes, which can go away. */
class FakeRedis {
  readonly members = new Map<string, number>();
  readonly connections: Connection[] = [];
  away = false;

  connect(): SessionCommands & SessionSubscriber & Connection {
    const connection = new Connection(this);
    this.connections.push(connection);
    return connection;
  }
  leave(): void {
    this.away = true;
    for (const connection of this.connections) connection.status = "reconnecting";
  }
  comeBack(): void {
    this.away = false;
    for (const connection of this.connections) {
      connection.status = "ready";
      connection.emit("ready");
    }
  }
}

class Connection extends EventEmitter {
  status = "ready";
  readonly channels = new Set<string>();
  constructor(private readonly redis: FakeRedis) {
    super();
  }
  async #reach(): Promise<void> {
    if (this.redis.away) throw new Error("Redis is away");
  }
  async zadd(_key: string, ...entries: (string | number)[]): Promise<void> {
    await this.#reach();
    for (let index = 0; index < entries.length; index += 2)
      this.redis.members.set(String(entries[index + 1]), Number(entries[index]));
  }
  async zrangebyscore(_key: string, least: string | number): Promise<string[]> {
    await this.#reach();
    return [...this.redis.members]
      .filter(([, score]) => score > Number(String(least).slice(1)))
      .map(([id]) => id);
  }
  async zremrangebyscore(_key: string, _least: string | number, most: string | number): Promise<void> {
    await this.#reach();
    for (const [id, score] of this.redis.members) if (score <= Number(most)) this.redis.members.delete(id);
  }
  async publish(channel: string, message: string): Promise<void> {
    await this.#reach();
    for (const connection of this.redis.connections)
      if (connection.channels.has(channel)) connection.emit("message", channel, message);
  }
  async subscribe(channel: string): Promise<void> {
    await this.#reach();
    this.channels.add(channel);
  }
}

const running: EndedSessions[] = [];
const warnings: unknown[] = [];
const log = { warn: (...args: unknown[]) => void warnings.push(args) };
const startProcess = (redis: FakeRedis) => {
  const subscriber = redis.connect();
  const sessions = createEndedSessions(redis.connect(), subscriber, log);
  running.push(sessions);
  return { sessions, subscriber };
};
/** Lets the promises of the fake settle. */
const settled = () => vi.waitFor(() => Promise.resolve());

afterEach(() => {
  for (const sessions of running.splice(0)) sessions.close();
  warnings.length = 0;
  vi.useRealTimers();
});

describe("ended sessions", () => {
  it("are known here at once, and in other processes through Redis", async () => {
    const redis = new FakeRedis();
    const [first, second] = [startProcess(redis), startProcess(redis)];
    await settled();
    const heard: string[] = [];
    second.sessions.onEnded((id) => heard.push(id));
    const done = first.sessions.end(["a", "b"]);
    expect([first.sessions.has("a"), first.sessions.has("c")]).toEqual([true, false]);
    await done;
    expect([second.sessions.has("a"), second.sessions.has("b"), heard]).toEqual([true, true, ["a", "b"]]);
  });

  it("are read by a process that starts later", async () => {
    const redis = new FakeRedis();
    await startProcess(redis).sessions.end(["a"]);
    const late = startProcess(redis).sessions;
    await vi.waitFor(() => expect(late.has("a")).toBe(true));
  });

  it("are told to Redis and to listeners when it is back", async () => {
    const redis = new FakeRedis();
    const [first, second] = [startProcess(redis), startProcess(redis)];
    await settled();
    const heard: string[] = [];
    second.sessions.onEnded((id) => heard.push(id));
    redis.leave();
    await first.sessions.end(["a"]);
    await first.sessions.end(["b"]);
    expect([first.sessions.has("a"), second.sessions.has("a"), warnings.length]).toEqual([true, false, 1]);
    redis.comeBack();
    await vi.waitFor(() => expect(heard.sort()).toEqual(["a", "b"]));
    expect([...redis.members.keys()].sort()).toEqual(["a", "b"]);
  });

  it("are announced once, however often they are heard of", async () => {
    const { sessions } = startProcess(new FakeRedis());
    const heard: string[] = [];
    const stop = sessions.onEnded((id) => heard.push(id));
    await sessions.end(["a"]);
    await sessions.end(["a"]);
    stop();
    await sessions.end(["b"]);
    expect(heard).toEqual(["a"]);
  });

  it("are forgotten when no access token of theirs can be valid any more", async () => {
    vi.useFakeTimers({ now: 1_900_000_000_000 });
    const redis = new FakeRedis();
    const { sessions } = startProcess(redis);
    await sessions.end(["a"]);
    await vi.advanceTimersByTimeAsync(15 * 60_000);
    expect(sessions.has("a")).toBe(true);
    await vi.advanceTimersByTimeAsync(2 * 60_000);
    expect(sessions.has("a")).toBe(false);
    await sessions.end(["b"]);
    expect([...redis.members.keys()]).toEqual(["b"]);
  });

  it("are not learnt from what is no list of ids, nor from other channels", () => {
    const { sessions, subscriber } = startProcess(new FakeRedis());
    for (const message of ["", "{", '{"a":1}', "[1]"])
      subscriber.emit("message", endedSessionsChannel, message);
    expect(warnings).toHaveLength(4);
    subscriber.emit("message", "backline:room:x", '["a"]');
    expect([sessions.has("a"), warnings.length]).toEqual([false, 4]);
  });
});
