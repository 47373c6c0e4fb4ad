import pg from "pg";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { Problem } from "../../../../services/contract/problems";
import { asPostgres, asRedis, StoreUnavailable } from "../../../../services/runtime/unavailable";

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
const away = "store_unavailable: A store does not answer; try again in a few seconds.";

/** What our own code may do wrong inside. */
const mistakes = [
  () => JSON.parse("{"),
  () => new Date(1e18).toISOString(),
  () => JSON.stringify({ a: 1n }),
  () => z.string().parse(1),
];

async function thrownBy(wrapped: (work: () => Promise<unknown>) => Promise<unknown>, mistake: () => unknown) {
  const error = await wrapped(async () => mistake()).catch((thrown: unknown) => thrown);
  return error instanceof Problem ? error.code : (error as Error).name;
}
const names = ["SyntaxError", "RangeError", "TypeError", "ZodError"];

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

  it("takes no mistake of ours for an absent PostgreSQL", async () => {
    expect(await Promise.all(mistakes.map((mistake) => thrownBy(asPostgres, mistake)))).toEqual(names);
  });

  it("keeps which store it was, and why, from the client", async () => {
    const cause = new Error("connect ECONNREFUSED");
    const error = await asPostgres(fail(cause)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(error).toMatchObject({ store: "postgres", cause });
    expect(JSON.stringify((error as Problem).toBody())).not.toMatch(/postgres|ECONNREFUSED/i);
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
      expect(await outcome(asRedis(fail(error)))).toBe(away);
    }
  });

  it("takes no mistake of ours for an absent Redis", async () => {
    expect(await Promise.all(mistakes.map((mistake) => thrownBy(asRedis, mistake)))).toEqual(names);
  });

  it("lets a mistake in the command through", async () => {
    const mistake = reply("WRONGTYPE Operation against a key");
    expect(await outcome(asRedis(fail(mistake)))).toBe(mistake);
  });
});
