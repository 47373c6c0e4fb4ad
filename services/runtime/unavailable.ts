/** Tells a store that is away from a mistake in a request to it. */
import pg from "pg";
import { ZodError } from "zod";
import { Problem } from "../contract/problems";

export type StoreName = "postgres" | "redis";

/** The stores as people call them. */
export const storeTitles: Record<StoreName, string> = { postgres: "PostgreSQL", redis: "Redis" };

/** 503: the caller may try again. Which store and why (`cause`) is for the log, not for the client. */
export class StoreUnavailable extends Problem {
  constructor(
    readonly store: StoreName,
    cause: unknown,
  ) {
    super("store_unavailable", "A store does not answer; try again in a few seconds.", {}, { cause });
  }
}

/** Errors of our own making, in what is sent to a store or made of its answer. No outage has them. */
const isMistake = (error: unknown): boolean =>
  [TypeError, RangeError, ReferenceError, SyntaxError, ZodError].some((kind) => error instanceof kind);

/**
 * SQLSTATE classes that mean 'not now': 08 connection, 28 and 3D no access (a password that is being rotated, a database
 * that is being restored), 53 resources (too many connections, disk full), 57 shutdown and cancelled by time-out,
 * 25P03 idle transaction ended, 55P03 lock time-out, 40 serialisation and deadlock.
 */
const transient = /^(08|28|3D|53|57|40|25P03$|55P03$)/;

/** Runs a query; an answer that means 'PostgreSQL is away' becomes a store_unavailable problem. */
export async function asPostgres<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem || isMistake(error)) throw error;
    // Whatever the server did not report itself happened on the way to it.
    if (error instanceof pg.DatabaseError && !transient.test(error.code ?? "")) throw error;
    throw new StoreUnavailable("postgres", error);
  }
}

const redisBusy = /^(LOADING|MASTERDOWN|CLUSTERDOWN|READONLY|TRYAGAIN|OOM|MISCONF|BUSY)/;

/** Runs a Redis command; an answer that means 'Redis is away' becomes a store_unavailable problem. */
export async function asRedis<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem || isMistake(error)) throw error;
    const answered = error instanceof Error && error.name === "ReplyError";
    if (answered && !redisBusy.test(error.message)) throw error;
    throw new StoreUnavailable("redis", error);
  }
}
