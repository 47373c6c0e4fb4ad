import { randomBytes, randomUUID } from "node:crypto";
import type { Me, User } from "../../../../../services/contract/accounts";
import { Problem } from "../../../../../services/contract/problems";
import type { AnonymousRepeatable } from "../../../../../services/runtime/store/anonymous-keys";
import type { AuditEntry, Origin } from "../../../../../services/runtime/store/audit";
import { keyReused, type Outcome } from "../../../../../services/runtime/store/idempotency";
import type { OpenedSession, Sessions } from "../../../../../services/runtime/store/sessions";
import type { Users } from "../../../../../services/runtime/store/users";
import { now } from "./time";

/** Who is there from the start, and their session. */
export const user: User = { id: "6f0b4f1e-93a8-4c88-9a53-6f0f4a0f8a11", name: "Ada" };
export const sessionId = "6f0b4f1e-93a8-4c88-9a53-6f0f4a0f8a22";

export interface MemoryAccounts {
  readonly users: Users;
  readonly sessions: Sessions;
}

interface Session {
  readonly id: string;
  readonly userId: string;
  ended: boolean;
}

export function memoryAccounts(audited: (entry: AuditEntry) => void = () => undefined): MemoryAccounts {
  const accounts = new Map<string, Me>();
  const hashes = new Map<string, string>();
  const sessions = new Map<string, Session>([[sessionId, { id: sessionId, userId: user.id, ended: false }]]);
  /** Refresh tokens, and whether they were used. */
  const refreshTokens = new Map<string, { session: Session; used: boolean }>();
  const keys = new Map<string, { fingerprint: string; userId: string }>();
  accounts.set(user.id, { ...user, email: null, guest: true, role: "user", createdAt: now });

  const meOf = (id: string): Me => {
    const me = accounts.get(id);
    if (me === undefined) throw new Problem("unauthorized", "The user of this token no longer exists.");
    return me;
  };
  const withToken = (session: Session): OpenedSession => {
    const refreshToken = randomBytes(32).toString("base64url");
    refreshTokens.set(refreshToken, { session, used: false });
    const { id, name, role } = meOf(session.userId);
    return { sessionId: session.id, user: { id, name }, role, refreshToken, refreshExpiresAt: new Date(now) };
  };
  const open = (userId: string): OpenedSession => {
    const session: Session = { id: randomUUID(), userId, ended: false };
    sessions.set(session.id, session);
    return withToken(session);
  };
  const create = (
    account: Pick<Me, "name" | "email" | "guest">,
    origin: Origin,
    request: AnonymousRepeatable | undefined,
  ): Outcome<OpenedSession> => {
    const key = request?.keyHash.toString("hex");
    const fingerprint = request?.fingerprint.toString("hex") ?? "";
    const earlier = key === undefined ? undefined : keys.get(key);
    if (earlier !== undefined) {
      if (earlier.fingerprint !== fingerprint) throw keyReused();
      return { value: open(earlier.userId), replayed: true };
    }
    if (account.email !== null && [...accounts.values()].some(({ email }) => email === account.email))
      throw new Problem("email_taken", "There is an account with this e-mail address; sign in instead.");
    const id = randomUUID();
    accounts.set(id, { id, ...account, role: "user", createdAt: now });
    if (key !== undefined) keys.set(key, { fingerprint, userId: id });
    audited({ ...origin, userId: id, action: "user.signed_up", target: id });
    return { value: open(id), replayed: false };
  };

  return {
    users: {
      createGuest: async (name, origin, request) =>
        create({ name, email: null, guest: true }, origin, request),
      async signUp({ name, email, passwordHash }, origin, request) {
        const outcome = create({ name, email, guest: false }, origin, request);
        if (!outcome.replayed) hashes.set(outcome.value.user.id, passwordHash);
        return outcome;
      },
      async credentials(email) {
        const id = [...accounts.values()].find((account) => account.email === email)?.id;
        const passwordHash = id === undefined ? undefined : hashes.get(id);
        return id === undefined || passwordHash === undefined ? undefined : { userId: id, passwordHash };
      },
      me: async (id) => meOf(id),
      async rename(id, name, origin) {
        const me = { ...meOf(id), name };
        accounts.set(id, me);
        audited({ ...origin, action: "user.renamed", target: id, detail: { name } });
        return me;
      },
    },
    sessions: {
      async open(userId, origin) {
        const session = open(userId);
        audited({ ...origin, userId, action: "user.signed_in", target: session.sessionId });
        return session;
      },
      async refresh(refreshToken, origin) {
        const token = refreshTokens.get(refreshToken);
        if (token === undefined || token.session.ended)
          throw new Problem("invalid_refresh_token", "The refresh token is unknown, expired or used.");
        const { session } = token;
        if (token.used) {
          session.ended = true;
          const entry = { userId: session.userId, action: "session.refresh_reused" } as const;
          audited({ ...origin, ...entry, target: session.id });
          return { endedSessionId: session.id };
        }
        token.used = true;
        return { session: withToken(session) };
      },
      async end({ userId, sessionId: current }, everywhere, origin) {
        const ended = [...sessions.values()].filter(
          (session) => !session.ended && session.userId === userId && (everywhere || session.id === current),
        );
        for (const session of ended) session.ended = true;
        audited({ ...origin, userId, action: "user.signed_out", target: current, detail: { everywhere } });
        return ended.map(({ id }) => id);
      },
    },
  };
}
