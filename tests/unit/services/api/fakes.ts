/** An API whose stores are in memory. */
import { randomUUID } from "node:crypto";
import { Writable } from "node:stream";
import { buildApi } from "../../../../services/api/app";
import type { Api, Dependencies } from "../../../../services/api/dependencies";
import type { User } from "../../../../services/contract/accounts";
import { Problem } from "../../../../services/contract/problems";
import type { Message, Room } from "../../../../services/contract/rooms";
import { HealthReporter } from "../../../../services/runtime/health";
import type { JobRequest } from "../../../../services/runtime/jobs";
import { createLog } from "../../../../services/runtime/log";
import { createRegistry, httpMetrics } from "../../../../services/runtime/metrics";
import { keyReused, type Outcome, type Repeatable } from "../../../../services/runtime/store/idempotency";
import { createTokens } from "../../../../services/runtime/tokens";

export const user: User = { id: "6f0b4f1e-93a8-4c88-9a53-6f0f4a0f8a11", name: "Ada" };
const now = "2030-01-02T03:04:05.678Z";

export interface FakeApi {
  readonly app: Api;
  /** `Bearer` header of `user`. */
  readonly authorization: string;
  readonly published: Message[];
  readonly enqueued: JobRequest[];
  readonly logged: () => Record<string, unknown>[];
  readonly metrics: () => Promise<string>;
}

/** `overrides` replaces dependencies, to let one fail for instance. */
export async function fakeApi(overrides: Partial<Dependencies> = {}): Promise<FakeApi> {
  const published: Message[] = [];
  const enqueued: JobRequest[] = [];
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const registry = createRegistry();
  const tokens = createTokens("k".repeat(32));
  const app = buildApi({
    log: createLog({ service: "api", level: "debug", stack: "test", version: "0", destination }),
    store: memoryStore(),
    jobs: {
      async enqueue(request) {
        enqueued.push(request);
        return { value: { id: randomUUID() }, replayed: false };
      },
      async status(userId, id) {
        if (userId !== user.id) throw new Problem("job_not_found", `There is no job ${id}.`);
        return { id, kind: "echo", state: "active", progress: 50 };
      },
      counts: async () => ({}),
      close: async () => undefined,
    },
    publisher: { message: (message) => void published.push(message), job: () => undefined },
    tokens,
    health: new HealthReporter({ service: "api", version: "0", checks: [] }),
    metrics: httpMetrics(registry),
    allowedOrigins: [],
    ...overrides,
  });
  const { token } = await tokens.issue(user, 60);
  return {
    app,
    authorization: `Bearer ${token}`,
    published,
    enqueued,
    logged: () => lines.map((line) => JSON.parse(line)),
    metrics: () => registry.metrics(),
  };
}

function memoryStore(): Dependencies["store"] {
  const rooms = new Map<string, Message[]>();
  const kept = new Map<string, { fingerprint: string; value: unknown }>();
  async function once<T>(request: Repeatable | undefined, make: () => T): Promise<Outcome<T>> {
    if (request === undefined) return { value: make(), replayed: false };
    const slot = `${request.userId} ${request.key}`;
    const earlier = kept.get(slot);
    if (earlier !== undefined) {
      if (earlier.fingerprint !== request.fingerprint) throw keyReused();
      return { value: earlier.value as T, replayed: true };
    }
    const value = make();
    kept.set(slot, { fingerprint: request.fingerprint, value });
    return { value, replayed: false };
  }
  const messagesOf = (room: string): Message[] => {
    const messages = rooms.get(room);
    if (messages === undefined) throw new Problem("room_not_found", `There is no room ${room}.`);
    return messages;
  };
  return {
    createGuest: async (name) => ({ id: user.id, name }),
    createRoom: (_user, name, request) =>
      once(request, (): Room => {
        const id = randomUUID();
        rooms.set(id, []);
        return { id, name, createdAt: now };
      }),
    lastSequence: async (room) => messagesOf(room).length,
    postMessage: (sender, room, body, request) =>
      once(request, (): Message => {
        const messages = messagesOf(room);
        const message = { id: randomUUID(), room, seq: messages.length + 1, user: sender, body, sentAt: now };
        messages.push(message);
        return message;
      }),
    async listMessages(room, { after, limit }) {
      const rest = messagesOf(room).filter(({ seq }) => seq > after);
      const messages = rest.slice(0, limit);
      return { messages, next: rest.length > limit ? (messages.at(-1)?.seq ?? null) : null };
    },
  };
}
