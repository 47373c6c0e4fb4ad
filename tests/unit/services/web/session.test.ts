import { describe, expect, it, vi } from "vitest";
import type { SessionAnswer } from "../../../../services/contract/accounts";
import { Api } from "../../../../services/web/src/api/client";
import { ApiError } from "../../../../services/web/src/api/errors";
import { Session, type SessionStorage } from "../../../../services/web/src/api/session";
import { ada } from "./fakes";

const now = Date.parse("2026-01-01T00:00:00.000Z");
const minutes = (count: number) => new Date(now + count * 60_000).toISOString();
const answer = (name: string, end = 15): SessionAnswer => ({
  token: `access ${name}`,
  expiresAt: minutes(end),
  refreshToken: `refresh ${name}`,
  refreshExpiresAt: minutes(60 * 24 * 30),
  user: ada,
});
const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });

function memory(session?: SessionAnswer): SessionStorage {
  const values = new Map(session ? [["backline.session", JSON.stringify(session)]] : []);
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}

/** One lock for all windows, as the browser has it. */
function lock() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(_name: string, task: () => Promise<T>): Promise<T> => {
    const next = last.then(task);
    last = next.catch(() => undefined);
    return next;
  };
}

const windowOf = (storage: SessionStorage, fetch: typeof globalThis.fetch, exclusively = lock()) =>
  new Session({ api: "https://api", storage, exclusively, fetch, now: () => now });

describe("a session", () => {
  it("begins as a guest and is there again after a reload", async () => {
    const storage = memory();
    const fetch = vi.fn(async () => json(201, answer("1")));
    const session = windowOf(storage, fetch);
    const seen = vi.fn();
    session.user.subscribe(seen);
    await session.guest("Ada");
    expect(fetch.mock.calls).toMatchObject([["https://api/v1/auth/guest", { body: '{"name":"Ada"}' }]]);
    expect([session.user.get(), seen.mock.calls.length]).toEqual([ada, 1]);
    expect(windowOf(storage, fetch).user.get()).toEqual(ada);
    expect(await session.access()).toEqual({ token: "access 1", expiresAt: now + 15 * 60_000 });
  });

  it("is refreshed once, however many windows ask", async () => {
    const storage = memory(answer("1", 0.1));
    const fetch = vi.fn(async () => json(200, answer("2")));
    const shared = lock();
    const windows = [windowOf(storage, fetch, shared), windowOf(storage, fetch, shared)];
    const tokens = await Promise.all(windows.flatMap((window) => [window.access(), window.access()]));
    expect(tokens.map((token) => token?.token)).toEqual(Array(4).fill("access 2"));
    expect(fetch.mock.calls).toMatchObject([
      ["https://api/v1/auth/refresh", { body: '{"refreshToken":"refresh 1"}' }],
    ]);
  });

  it("is refreshed for a token that was refused, but not for one that another window has replaced", async () => {
    const storage = memory(answer("1"));
    const fetch = vi.fn(async () => json(200, answer("2")));
    const session = windowOf(storage, fetch);
    expect((await session.access("access 1"))?.token).toBe("access 2");
    expect((await session.access("access 1"))?.token).toBe("access 2");
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it("ends when its refresh token is refused, and not when the API is away", async () => {
    const storage = memory(answer("1", 0));
    const fetch = vi
      .fn<typeof globalThis.fetch>()
      .mockRejectedValueOnce(new TypeError("failed"))
      .mockResolvedValueOnce(json(503, { code: "store_unavailable" }))
      .mockResolvedValueOnce(json(401, { code: "invalid_refresh_token" }));
    const session = windowOf(storage, fetch);
    await expect(session.access()).rejects.toMatchObject({ code: "unreachable" });
    await expect(session.access()).rejects.toMatchObject({ code: "store_unavailable" });
    expect(session.user.get()).toEqual(ada);
    expect(await session.access()).toBeUndefined();
    expect([session.user.get(), storage.getItem("backline.session")]).toEqual([undefined, null]);
  });

  it("is not brought back by an answer that comes after the sign-out", async () => {
    const storage = memory(answer("1", 0));
    const session = windowOf(storage, async () => {
      storage.removeItem("backline.session");
      return json(200, answer("2"));
    });
    expect(await session.access()).toBeUndefined();
    expect(storage.getItem("backline.session")).toBeNull();
  });

  it("does not trust what else is in the storage", () => {
    for (const text of ["{", "null", "7", '{"token":1}']) {
      const storage = memory();
      storage.setItem("backline.session", text);
      expect(windowOf(storage, fetch).user.get()).toBeUndefined();
    }
  });
});

describe("a request", () => {
  const apiWith = (
    fetch: typeof globalThis.fetch,
    access = async (): Promise<{ token: string; expiresAt: number } | undefined> => ({
      token: "t",
      expiresAt: 0,
    }),
  ) =>
    new Api({
      api: "https://api",
      session: { access },
      fetch,
      newKey: () => "key",
      wait: async () => undefined,
    });

  it("is made under one key until it is answered", async () => {
    const fetch = vi
      .fn<typeof globalThis.fetch>()
      .mockRejectedValueOnce(new TypeError("failed"))
      .mockResolvedValueOnce(json(503, { code: "store_unavailable" }))
      .mockResolvedValueOnce(json(201, { id: "r" }));
    expect(await apiWith(fetch).createRoom("Studio")).toEqual({ id: "r" });
    expect(fetch.mock.calls.map(([, init]) => Object(init?.headers)["idempotency-key"])).toEqual(
      Array(3).fill("key"),
    );
  });

  it("is not made again for what will not change", async () => {
    const fetch = vi.fn(async () => json(404, { code: "room_not_found", detail: "x" }));
    await expect(apiWith(fetch).room("r")).rejects.toMatchObject({ code: "room_not_found" });
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it("is made once more with another token when its token is refused", async () => {
    const fetch = vi
      .fn<typeof globalThis.fetch>()
      .mockResolvedValueOnce(json(401, { code: "unauthorized" }))
      .mockResolvedValueOnce(json(200, { id: "r" }));
    const access = vi.fn(async (refused?: string) => ({
      token: refused === undefined ? "old" : "new",
      expiresAt: 0,
    }));
    expect(await apiWith(fetch, access).room("r")).toEqual({ id: "r" });
    expect(access.mock.calls).toEqual([[undefined], ["old"]]);
    expect(fetch.mock.calls.map(([, init]) => Object(init?.headers).authorization)).toEqual([
      "Bearer old",
      "Bearer new",
    ]);
  });

  it("says what the user can do", async () => {
    const say = async (status: number, body: unknown) =>
      apiWith(async () => json(status, body))
        .cancelJob("j")
        .catch((error: unknown) => (error instanceof ApiError ? error.message : error));
    expect(await say(429, { code: "rate_limited", retryAfter: 7 })).toBe(
      "Too many requests. Try again in 7 s.",
    );
    expect(
      await say(400, { code: "validation_failed", errors: [{ path: "body.name", message: "is too long" }] }),
    ).toBe("name: is too long");
    expect(await say(403, { code: "forbidden", detail: "Only owners may." })).toBe("Only owners may.");
    expect(await say(502, "<html>")).toMatch(/cannot store anything/);
    await expect(apiWith(fetch, async () => undefined).room("r")).rejects.toThrow(/signed out/);
  });
});
