import pg from "pg";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { postgresTimeouts } from "../../../../../services/runtime/postgres";
import { inTransaction } from "../../../../../services/runtime/store/transaction";

const statements: string[] = [];
const release = vi.fn();
let takes = 0;
const client = {
  async query(text: string): Promise<unknown> {
    statements.push(text);
    vi.setSystemTime(Date.now() + takes);
    if (text === "mistake") throw new pg.DatabaseError("a mistake", 1, "error");
    if (text === "lost") throw new Error("Query read timeout");
    return { rows: [text] };
  },
  release,
};
const pool = { connect: async () => client as unknown as pg.PoolClient } as Pick<pg.Pool, "connect">;

beforeEach(() => {
  vi.useFakeTimers();
  statements.length = 0;
  takes = 0;
  release.mockClear();
});
afterEach(() => vi.useRealTimers());

describe("a transaction", () => {
  it("is committed when its work is done", async () => {
    const rows = await inTransaction(pool, async (inside) => (await inside.query("one")).rows);
    expect(rows).toEqual(["one"]);
    expect(statements).toEqual(["BEGIN", "one", "COMMIT"]);
    expect(release).toHaveBeenCalledExactlyOnceWith(false);
  });

  it("is rolled back by a mistake, which its caller gets", async () => {
    await expect(inTransaction(pool, (inside) => inside.query("mistake"))).rejects.toThrow("a mistake");
    expect(statements).toEqual(["BEGIN", "mistake", "ROLLBACK"]);
    expect(release).toHaveBeenCalledExactlyOnceWith(false);
  });

  it("gives up a connection whose state is not known", async () => {
    const work = inTransaction(pool, (inside) => inside.query("lost"));
    await expect(work).rejects.toMatchObject({ code: "store_unavailable" });
    expect(statements).toEqual(["BEGIN", "lost"]);
    expect(release).toHaveBeenCalledExactlyOnceWith(true);
  });

  it("is rolled back when its statements together take too long, and the connection is kept", async () => {
    takes = postgresTimeouts.transaction / 2;
    const work = inTransaction(pool, async (inside) => {
      for (const text of ["one", "two", "three"]) await inside.query(text);
    });
    await expect(work).rejects.toMatchObject({ code: "store_unavailable" });
    expect(statements).toEqual(["BEGIN", "one", "two", "ROLLBACK"]);
    expect(release).toHaveBeenCalledExactlyOnceWith(false);
  });

  it("may be given more time", async () => {
    takes = postgresTimeouts.transaction;
    await inTransaction(pool, (inside) => inside.query("one"), 3 * takes);
    expect(statements).toEqual(["BEGIN", "one", "COMMIT"]);
  });
});
