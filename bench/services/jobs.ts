import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { jobAttempts, jobPriorityNumbers, jobRetention, jobsQueue } from "../../services/contract/queues";
import type { Measurement } from "../measure";
import { alternate } from "./alternate";
import type { Deployment } from "./processes";

/** Jobs of one run. */
const count = 20_000;

const bareQueue = "bare-jobs";

/** Jobs that do nothing but tell their progress, by the worker and by BullMQ alone. */
export async function measureJobs(deployment: Deployment, runs: number): Promise<Measurement> {
  const { host, redisPort: port, password } = deployment.stores;
  const redis = new Redis({ host, port, password, maxRetriesPerRequest: null });
  const worker = await deployment.service("worker");
  const bare = await deployment.program("bare/worker", { QUEUE: bareQueue });
  const run = async (name: string): Promise<number> => {
    const queue = new Queue(name, { connection: redis });
    await queue.pause();
    await queue.addBulk(
      Array.from({ length: count }, (_, value) => ({
        name: "echo",
        data: { userId: randomUUID(), fingerprint: "0", input: { value } },
        opts: { jobId: randomUUID(), priority: jobPriorityNumbers.normal, ...jobAttempts, ...jobRetention },
      })),
    );
    const began = performance.now();
    await queue.resume();
    let completed = 0;
    while (completed < count) {
      await sleep(20);
      completed = await queue.getCompletedCount();
    }
    const elapsed = performance.now() - began;
    await queue.obliterate({ force: true });
    await queue.close();
    return (count * 1_000) / elapsed;
  };
  const figures = await alternate(
    runs,
    { process: worker, run: () => run(jobsQueue) },
    { process: bare, run: () => run(bareQueue) },
  );
  for (const process of [worker, bare]) await process.end();
  redis.disconnect();
  return {
    what: "worker: jobs that tell their progress",
    unit: "/s",
    runs: figures.runs,
    beside: { what: "a bare BullMQ worker with the same settings", runs: figures.beside },
  };
}
