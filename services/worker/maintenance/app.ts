import { type Job, Worker } from "bullmq";
import type { Redis } from "ioredis";
import { jobLocks, maintenanceQueue } from "../../contract/queues";
import { instance } from "../../runtime/log";
import { retryMilliseconds } from "../app";
import type { MaintenanceData } from "./queue";
import { type MaintenanceDependencies, maintain } from "./work";

/** Works on the maintenance queue, one job after the other. */
export function createMaintenanceWorker(
  connection: Redis,
  dependencies: MaintenanceDependencies,
): { close(): Promise<void> } {
  const { log } = dependencies;
  const worker = new Worker<MaintenanceData>(
    maintenanceQueue,
    async (job: Job<MaintenanceData>) => {
      const began = Date.now();
      const result = await maintain(job, dependencies);
      const fields = { jobId: job.id, work: job.name, seconds: (Date.now() - began) / 1_000 };
      log.info({ ...fields, ...(result === undefined ? {} : { result }) }, "maintenance done");
      return result;
    },
    { connection, name: instance, concurrency: 1, runRetryDelay: retryMilliseconds, ...jobLocks },
  );
  worker.on("error", (error) => log.warn({ err: error }, "the maintenance queue reported an error"));
  worker.on("failed", (job, error) => {
    if (job === undefined) return;
    const final = job.finishedOn !== undefined;
    log[final ? "error" : "warn"](
      { err: error, jobId: job.id, work: job.name, attempt: job.attemptsMade },
      final ? "maintenance failed" : "maintenance will be tried again",
    );
  });
  return { close: () => worker.close() };
}
