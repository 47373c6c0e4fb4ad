/** The age of a queue on a real BullMQ, whose keys it reads. */
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { jobPriorityNumbers } from "../../../services/contract/queues";
import { oldestWaitingJob } from "../../../services/runtime/queue-age";
import { eventually, type Stores, startStores } from "../../support/stores";

const name = "ages";
let stores: Stores;
let redis: Redis;
let queue: Queue;
beforeAll(async () => {
  stores = await startStores();
  // BullMQ's workers ask for a connection that waits.
  redis = new Redis({
    host: stores.host,
    port: stores.redisPort,
    password: stores.password,
    maxRetriesPerRequest: null,
  });
  queue = new Queue(name, { connection: redis });
}, 90_000);
afterAll(async () => {
  await queue?.close();
  redis?.disconnect();
  await stores?.remove();
});
beforeEach(() => queue.obliterate({ force: true }));

const oldest = () => oldestWaitingJob(redis, name);
const add = (timestamp: number, options: { priority?: number; delay?: number } = {}) =>
  queue.add("work", {}, { timestamp, ...options });

describe("the oldest waiting job of a queue", () => {
  it("is none where none waits", async () => {
    expect(await oldest()).toBeUndefined();
    // What is put off does not wait.
    await add(1_000, { delay: 3_600_000 });
    expect(await oldest()).toBeUndefined();
  });

  it("is the one that came first of those without a priority", async () => {
    for (const timestamp of [2_000, 3_000, 4_000]) await add(timestamp);
    expect(await oldest()).toBe(2_000);
  });

  it.each(Object.entries(jobPriorityNumbers))("may have the priority %s", async (_name, priority) => {
    await add(2_000, { priority });
    for (const other of Object.values(jobPriorityNumbers)) await add(8_000, { priority: other });
    await add(9_000);
    expect(await oldest()).toBe(2_000);
  });

  it("is the next one once a worker has taken it", async () => {
    for (const timestamp of [2_000, 3_000]) await add(timestamp, { priority: jobPriorityNumbers.low });
    const finishes: (() => void)[] = [];
    const work = () => new Promise<void>((resolve) => finishes.push(resolve));
    const connection = redis.duplicate();
    const worker = new Worker(name, work, { connection, concurrency: 1 });
    // Not until it is active in Redis: the worker hears of that a little later.
    await eventually("the first is begun", async () => expect(finishes).toHaveLength(1));
    expect(await oldest()).toBe(3_000);
    finishes[0]?.();
    await eventually("the second is begun", async () => expect(finishes).toHaveLength(2));
    expect(await oldest()).toBeUndefined();
    finishes[1]?.();
    await worker.close();
    connection.disconnect();
  });
});
