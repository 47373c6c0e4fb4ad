/** The passwords of Redis while they are changed, with the files and the commands of an update. */
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planRedis, type RedisPlan } from "../../../components/redis";
import { Secret } from "../../../components/shared/secret";
import { PlannedStore } from "../../support/planned-store";
import { type Repeated, repeatDuring } from "../../support/repeat";
import { eventually } from "../../support/stores";

const [old, next] = ["old", "next"].map((name) => `${name}-password-0123456789`) as [string, string];

let store: PlannedStore;
const plan = (password: string, otherPassword?: string): RedisPlan =>
  planRedis({
    ...store.context,
    ...{ imageReference: store.imageReference, memory: 128, cpu: 0.5, evictionPolicy: "noeviction" },
    password: new Secret(password),
    otherPassword: otherPassword === undefined ? undefined : new Secret(otherPassword),
  });

/** A connection that has signed in, and that is not made anew when it breaks. @throws What Redis refuses it with. */
async function signedIn(password: string): Promise<Redis> {
  const where = { host: "127.0.0.1", port: store.port, password };
  const redis = new Redis({ ...where, lazyConnect: true, retryStrategy: () => null });
  const refusals: Error[] = [];
  redis.on("error", (error) => refusals.push(error));
  try {
    await redis.connect();
  } catch (error) {
    // Its own says that the connection is closed, and not why.
    throw refusals[0] ?? error;
  }
  return redis;
}

/** What a new connection with a password gets: `PONG`, or the first word of the refusal. */
async function answer(password: string): Promise<string> {
  try {
    const redis = await signedIn(password);
    try {
      return await redis.ping();
    } finally {
      redis.disconnect();
    }
  } catch (error) {
    return error instanceof Error ? (error.message.split(" ")[0] ?? "") : String(error);
  }
}
const answers = async () => [await answer(old), await answer(next)];
const serving = () =>
  eventually("Redis serves", async () => {
    const all = await answers();
    if (!all.includes("PONG")) throw new Error(all.join());
  });

/** Asks without a pause, over one connection that was there before, while something is changed. */
async function askDuring(password: string, change: () => Promise<void>): Promise<Repeated> {
  const redis = await signedIn(password);
  try {
    return await repeatDuring(() => redis.incr("asked"), change);
  } finally {
    redis.disconnect();
  }
}

beforeAll(async () => {
  store = await PlannedStore.create("redis");
  await store.start(plan(old), 6379);
  await serving();
});
afterAll(() => store.remove(plan(old)));

describe("a rotation of Redis' password", () => {
  it("begins with one password", async () => {
    expect(await answers()).toEqual(["PONG", "WRONGPASS"]);
  });

  it("lets both in, and loses no command of a client of the old one", async () => {
    const { done, failure } = await askDuring(old, () => store.configure(plan(next, old).config));
    expect(failure).toBeUndefined();
    expect(done).toBeGreaterThan(0);
    expect(await answers()).toEqual(["PONG", "PONG"]);
  });

  it("still lets both in after a restart", async () => {
    await store.restart();
    await serving();
    expect(await answers()).toEqual(["PONG", "PONG"]);
  });

  it("is completed after an update that was killed before Redis had read its file", async () => {
    const { config } = plan(next);
    await store.configure({ ...config, reload: "true" });
    expect(await answers()).toEqual(["PONG", "PONG"]);
    const { done, failure } = await askDuring(next, () => store.configure(config));
    expect(failure).toBeUndefined();
    expect(done).toBeGreaterThan(0);
    expect(await answers()).toEqual(["WRONGPASS", "PONG"]);
  });

  it("refuses the old one after a restart, too", async () => {
    await store.restart();
    await serving();
    expect(await answers()).toEqual(["WRONGPASS", "PONG"]);
  });

  it("to a password that nobody announced is taken up as well", async () => {
    await store.configure(plan(old).config);
    expect(await answers()).toEqual(["PONG", "WRONGPASS"]);
  });

  it("leaves the last password where Redis refuses the file, also after a restart", async () => {
    const { config } = plan(next);
    const files = config.files.map((file) =>
      file.name === "users.acl" ? { ...file, content: "user default nonsense\n" } : file,
    );
    await expect(store.configure({ ...config, files })).rejects.toThrow("ACL errors detected");
    expect(await answers()).toEqual(["PONG", "WRONGPASS"]);
    await store.restart();
    await serving();
    expect(await answers()).toEqual(["PONG", "WRONGPASS"]);
  });
});
