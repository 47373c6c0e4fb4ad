/** An API whose stores are in memory: a file for each noun, and `overrides` for what a test replaces. */
import { buildApi } from "../../../../../services/api/app";
import type { Api, Dependencies } from "../../../../../services/api/dependencies";
import type { UserRole } from "../../../../../services/contract/accounts";
import { Problem } from "../../../../../services/contract/problems";
import type { Message } from "../../../../../services/contract/rooms";
import { HealthReporter } from "../../../../../services/runtime/health";
import type { JobRequest } from "../../../../../services/runtime/jobs";
import { createKeyedHash } from "../../../../../services/runtime/keyed-hash";
import { createRegistry, httpMetrics } from "../../../../../services/runtime/metrics";
import { createArgon2 } from "../../../../../services/runtime/passwords/argon2";
import type { AuditEntry } from "../../../../../services/runtime/store/audit";
import { createTokens } from "../../../../../services/runtime/tokens";
import { memoryAccounts, sessionId, user } from "./accounts";
import { memoryJobs } from "./jobs";
import { memoryLog } from "./log";
import { memoryRateLimits } from "./rate-limits";
import { memoryEndedSessions } from "./sessions";
import { memoryNouns } from "./store";

export { type MemoryAccounts, sessionId, user } from "./accounts";

export interface FakeApi {
  readonly app: Api;
  /** `Bearer` header of `user`. */
  readonly authorization: string;
  /** The same of another role or session. */
  bearer(role: UserRole, session?: string): Promise<string>;
  readonly published: Message[];
  readonly enqueued: JobRequest[];
  /** Entries that were recorded beside or in a transaction. */
  readonly audited: AuditEntry[];
  readonly logged: () => Record<string, unknown>[];
  readonly metrics: () => Promise<string>;
}

export type Overrides = Partial<Omit<Dependencies, "store">> & {
  /** Replaces these nouns of the store. */
  readonly store?: Partial<Dependencies["store"]>;
  /** Hears that a user has left a room. */
  readonly memberRemoved?: Dependencies["publisher"]["memberRemoved"];
};

export async function fakeApi({
  store,
  memberRemoved = () => undefined,
  ...overrides
}: Overrides = {}): Promise<FakeApi> {
  const published: Message[] = [];
  const enqueued: JobRequest[] = [];
  const audited: AuditEntry[] = [];
  const { log, logged } = memoryLog();
  const registry = createRegistry();
  const tokens = overrides.tokens ?? createTokens("k".repeat(32));
  const app = buildApi({
    log,
    store: { ...memoryAccounts((entry) => audited.push(entry)), ...memoryNouns(), ...store },
    jobs: memoryJobs(enqueued),
    publisher: {
      message: (message) => void published.push(message),
      room: () => undefined,
      memberRemoved,
      job: () => undefined,
    },
    storage: undefined,
    stripeWebhookSecret: undefined,
    chains: {
      names: [],
      newestBlock: async (chain) => Promise.reject(new Problem("chain_not_found", chain)),
    },
    audit: { record: async (entry) => void audited.push(entry) },
    tokens,
    endedSessions: memoryEndedSessions(),
    // Far from safe, but the tests need not wait.
    passwords: createArgon2({ memorySize: 8, iterations: 1, parallelism: 1 }),
    rateLimits: memoryRateLimits(),
    keyedHash: createKeyedHash("k".repeat(32), "tests"),
    health: new HealthReporter({ service: "api", version: "0", checks: [] }),
    metrics: httpMetrics(registry),
    allowedOrigins: [],
    ...overrides,
  });
  const bearer = async (role: UserRole, session = sessionId) =>
    `Bearer ${(await tokens.issue({ user, role, sessionId: session }, 60)).token}`;
  return {
    app,
    authorization: await bearer("user"),
    bearer,
    published,
    enqueued,
    audited,
    logged,
    metrics: () => registry.metrics(),
  };
}
