/** A BullMQ worker with the settings of the bundled one that does what its `echo` does, and nothing else. */
import { Worker } from "bullmq";
import { jobConcurrency, jobLocks } from "../../../services/contract/queues";
import { answerParent } from "../answer";
import { createRedis } from "./stores";

const worker = new Worker(
  process.env.QUEUE ?? "",
  async (job) => {
    await job.updateProgress(100);
    return job.data.input.value;
  },
  { connection: createRedis(), concurrency: jobConcurrency, ...jobLocks },
);
worker.on("error", (error) => process.stderr.write(`${error.stack}\n`));
answerParent(async () => worker.waitUntilReady());
