import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, type Platform, type Service, startPlatform } from "./harness";

let platform: Platform;
let apis: [Service, Service];
let database: pg.Pool;
beforeAll(async () => {
  platform = await startPlatform();
  const { host, postgresPort: port, database: name, user, password } = platform.stores;
  database = new pg.Pool({ host, port, database: name, user, password, max: 2 });
  // A store that is stopped breaks idle connections.
  database.on("error", () => undefined);
  apis = await Promise.all([platform.start("api"), platform.start("api")]);
}, 90_000);
afterAll(async () => {
  await database?.end();
  await platform?.remove();
});

interface Session {
  readonly token: string;
  readonly refreshToken: string;
  readonly user: { readonly id: string };
}

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Session & { readonly code?: string };
}

async function send(
  method: string,
  path: string,
  {
    body,
    token,
    headers = {},
    at = apis[0],
  }: {
    body?: unknown;
    token?: string | undefined;
    headers?: Record<string, string>;
    at?: Service | undefined;
  } = {},
): Promise<Answered> {
  const response = await fetch(`${at.url}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(15_000),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: JSON.parse(text === "" ? "{}" : text) };
}

const guest = async (): Promise<Session> => (await send("POST", "/v1/auth/guest")).body;
const refresh = (refreshToken: string, at = apis[0]) =>
  send("POST", "/v1/auth/refresh", { body: { refreshToken }, at });
const statusOf = async ({ token }: Session, at: Service): Promise<number> =>
  (await send("GET", "/v1/me", { token, at })).status;

async function one<Row extends pg.QueryResultRow>(statement: string, ...values: unknown[]): Promise<Row> {
  const { rows } = await database.query<Row>(statement, values);
  const row = rows[0];
  if (row === undefined) throw new Error(`no row for ${statement}`);
  return row;
}
const audited = async (userId: string): Promise<string[]> => {
  const { rows } = await database.query<{ action: string }>(
    "SELECT action FROM audit_log WHERE user_id = $1 ORDER BY id",
    [userId],
  );
  return rows.map(({ action }) => action);
};
/** Lets all tokens of a user have been used this long ago. */
const age = (userId: string, seconds: number) =>
  database.query(
    `UPDATE refresh_tokens SET used_at = used_at - make_interval(secs => $2)
      WHERE session_id IN (SELECT id FROM sessions WHERE user_id = $1)`,
    [userId, seconds],
  );

describe("sessions on real stores", { timeout: 60_000 }, () => {
  it("keep nothing of a refresh token but its hash", async () => {
    const session = await guest();
    const { found } = await one<{ found: string }>(
      "SELECT count(*) AS found FROM refresh_tokens WHERE hash = sha256(convert_to($1, 'UTF8'))",
      session.refreshToken,
    );
    expect(found).toBe("1");
  });

  it("answer two refreshes at once with two tokens that work, and again within the grace", async () => {
    const session = await guest();
    const answers = await Promise.all([0, 1, 0, 1].map((at) => refresh(session.refreshToken, apis[at])));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(4);
    for (const { body } of answers) expect((await refresh(body.refreshToken)).status).toBe(200);
    const { ended_at } = await one<{ ended_at: Date | null }>(
      "SELECT ended_at FROM sessions WHERE user_id = $1",
      session.user.id,
    );
    expect(ended_at).toBeNull();
  });

  it("end in all processes, and are audited once, when a token is used long after its use", async () => {
    const session = await guest();
    const next = (await refresh(session.refreshToken)).body;
    await age(session.user.id, 11);
    const again = await Promise.all([0, 1].map((at) => refresh(session.refreshToken, apis[at])));
    expect(again.map(({ status, body }) => [status, body.code])).toEqual([
      [401, "invalid_refresh_token"],
      [401, "invalid_refresh_token"],
    ]);
    for (const api of apis)
      await eventually("the session is ended", async () => expect(await statusOf(next, api)).toBe(401), 5);
    expect((await refresh(next.refreshToken)).status).toBe(401);
    expect(await audited(session.user.id)).toEqual(["user.signed_up", "session.refresh_reused"]);
  });

  it("are over 30 days after the last refresh", async () => {
    const session = await guest();
    await database.query("UPDATE sessions SET expires_at = now() WHERE user_id = $1", [session.user.id]);
    expect((await refresh(session.refreshToken)).body.code).toBe("invalid_refresh_token");
  });

  it("are signed out here at once and elsewhere as soon as Redis tells, in processes that start later, too", async () => {
    const [session, other] = [await guest(), await guest()];
    expect((await send("POST", "/v1/auth/sign-out", { token: session.token, body: {} })).status).toBe(204);
    expect(await statusOf(session, apis[0])).toBe(401);
    await eventually("it is known", async () => expect(await statusOf(session, apis[1])).toBe(401), 5);
    const third = await platform.start("api");
    await eventually("it is read", async () => expect(await statusOf(session, third)).toBe(401), 5);
    expect(await statusOf(other, third)).toBe(200);
    expect(await third.end()).toBe(0);
  });
});

describe("accounts on real stores", { timeout: 60_000 }, () => {
  const account = (email: string) => ({ email, password: "correct horse battery", name: "Grace" });

  it("sign up once, whoever is first, and sign in whatever the letters' case", async () => {
    const email = `Grace.${randomUUID()}@Example.com`;
    const answers = await Promise.all(
      [0, 1, 0].map((at) => send("POST", "/v1/auth/sign-up", { body: account(email), at: apis[at] })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const body = { email: email.toLowerCase(), password: account(email).password };
    const signedIn = await send("POST", "/v1/auth/sign-in", { body, at: apis[1] });
    expect(signedIn.status).toBe(200);
    const wrong = await send("POST", "/v1/auth/sign-in", { body: { ...body, password: "wrong" } });
    expect([wrong.status, wrong.body.code]).toEqual([401, "invalid_credentials"]);
    const { password_hash } = await one<{ password_hash: string }>(
      "SELECT password_hash FROM users WHERE id = $1",
      signedIn.body.user.id,
    );
    expect(password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(await audited(signedIn.body.user.id)).toEqual(["user.signed_up", "user.signed_in"]);
    for (const api of apis) expect(api.output()).not.toContain(account(email).password);
  });

  it("are made once under one Idempotency-Key, by ten requests at once to two processes", async () => {
    const body = account(`${randomUUID()}@example.com`);
    const headers = { "idempotency-key": randomUUID() };
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        send("POST", "/v1/auth/sign-up", { body, headers, at: apis[index % 2] ?? apis[0] }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201));
    expect(new Set(answers.map((answer) => answer.body.user.id)).size).toBe(1);
    expect(answers.filter((answer) => answer.headers.get("idempotent-replayed") === "true")).toHaveLength(9);
    const { keys } = await one<{ keys: string }>(
      "SELECT string_agg(encode(key_hash, 'escape'), '') AS keys FROM anonymous_keys",
    );
    expect(keys).not.toContain(headers["idempotency-key"]);
  });

  it("refuse sign-ins after ten failures, whichever process they came to", async () => {
    const body = { email: `${randomUUID()}@example.com`, password: "wrong" };
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1)
      statuses.push(
        (await send("POST", "/v1/auth/sign-in", { body, at: apis[attempt % 2] ?? apis[0] })).status,
      );
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
  });
});

describe("rate limits on real stores", { timeout: 60_000 }, () => {
  it("count the requests of a user in all processes together, of X-Forwarded-For's last hop otherwise", async () => {
    const limits = { RATE_LIMIT_USER: "5", RATE_LIMIT_ADDRESS: "3" };
    const pair = await Promise.all([platform.start("api", limits), platform.start("api", limits)]);
    const { token } = await guest();
    const answers: Answered[] = [];
    for (let index = 0; index < 7; index += 1)
      answers.push(await send("GET", "/v1/me", { token, at: pair[index % 2] ?? pair[0] }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429, 429]);
    expect(answers.map(({ headers }) => headers.get("ratelimit-remaining"))).toEqual([
      "4",
      "3",
      "2",
      "1",
      "0",
      "0",
      "0",
    ]);
    expect(answers[6]?.headers.get("retry-after")).toMatch(/^[1-9]\d?$/);
    const from = (address: string) =>
      send("POST", "/v1/auth/guest", { headers: { "x-forwarded-for": address }, at: pair[0] });
    const statuses: number[] = [];
    // Whatever a client writes itself stands before what the proxy adds.
    for (let index = 0; index < 4; index += 1)
      statuses.push((await from(`198.51.100.${index}, 203.0.113.7`)).status);
    expect([...statuses, (await from("203.0.113.8")).status]).toEqual([201, 201, 201, 429, 201]);
    await Promise.all(pair.map((api) => api.end()));
  });
});

describe("while Redis is away", { timeout: 120_000 }, () => {
  it.each([
    ["stopped", "stop", "start"],
    ["frozen", "pause", "unpause"],
  ] as const)(
    "(%s) accounts work, and a sign-out is known everywhere when it is back",
    async (_how, begin, end) => {
      const [session, other] = [await guest(), await guest()];
      await platform.stores[begin]("redis");
      try {
        expect((await send("POST", "/v1/auth/sign-out", { token: session.token, body: {} })).status).toBe(
          204,
        );
        expect(await statusOf(session, apis[0])).toBe(401);
        expect(await statusOf(other, apis[0])).toBe(200);
        expect((await refresh(other.refreshToken)).status).toBe(200);
      } finally {
        await platform.stores[end]("redis");
      }
      await eventually("it is known", async () => expect(await statusOf(session, apis[1])).toBe(401), 30);
    },
  );
});
