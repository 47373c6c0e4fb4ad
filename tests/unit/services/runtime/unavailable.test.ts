import pg from "pg";
import { describe, expect, it } from "vitest";
import { Problem } from "../../../../services/contract/problems";
import { asPostgres, asRedis } from "../../../../services/runtime/unavailable";

async function outcome(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    return error instanceof Problem ? `${error.code}: ${error.detail}` : error;
  }
}

function databaseError(code: string): pg.DatabaseError {
  const error = new pg.DatabaseError("message", 7, "error");
  error.code = code;
  return error;
}

const fail = (error: unknown) => () => Promise.reject(error);
const away = "store_unavailable: PostgreSQL does not answer; try again in a few seconds.";

describe("asPostgres", () => {
  it("takes a broken connection, a full pool and a late answer for an absent PostgreSQL", async () => {
    for (const message of [
      "connect ECONNREFUSED",
      "timeout exceeded when trying to connect",
      "Query read timeout",
    ]) {
      expect(await outcome(asPostgres(fail(new Error(message))))).toBe(away);
    }
  });

  it("takes the server's 'not now' for an absent PostgreSQL", async () => {
    for (const code of ["08006", "53300", "57P01", "57P03", "57014", "55P03", "40001"]) {
      expect(await outcome(asPostgres(fail(databaseError(code)))), code).toBe(away);
    }
  });

  it("lets a mistake in the statement through, and problems", async () => {
    const mistake = databaseError("42601");
    expect(await outcome(asPostgres(fail(mistake)))).toBe(mistake);
    expect(await outcome(asPostgres(fail(new Problem("room_not_found", "no"))))).toBe("room_not_found: no");
  });
});

describe("asRedis", () => {
  const reply = (message: string) => Object.assign(new Error(message), { name: "ReplyError" });

  it("takes a broken connection and a Redis that loads for an absent Redis", async () => {
    for (const error of [
      new Error("Stream isn't writeable"),
      reply("LOADING Redis is loading"),
      reply("OOM command"),
    ]) {
      expect(await outcome(asRedis(fail(error)))).toBe(
        "store_unavailable: Redis does not answer; try again in a few seconds.",
      );
    }
  });

  it("lets a mistake in the command through", async () => {
    const mistake = reply("WRONGTYPE Operation against a key");
    expect(await outcome(asRedis(fail(mistake)))).toBe(mistake);
  });
});
