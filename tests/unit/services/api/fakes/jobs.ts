import { randomUUID } from "node:crypto";
import type { JobState, JobStatus } from "../../../../../services/contract/jobs";
import { Problem } from "../../../../../services/contract/problems";
import type { JobQueue, JobRequest } from "../../../../../services/runtime/jobs";
import { fingerprintOf, keyReused } from "../../../../../services/runtime/store/idempotency";
import { now } from "./time";

interface FakeJob extends JobStatus {
  readonly userId: string;
  readonly key: string | undefined;
  readonly fingerprint: string;
}

/** A queue without a worker: jobs stay queued until they are cancelled. `enqueued` gets what is put into it. */
export function memoryJobs(enqueued: JobRequest[]): JobQueue {
  const jobs = new Map<string, FakeJob>();
  const shown = ({ userId: _user, key: _key, fingerprint: _hash, ...status }: FakeJob): JobStatus => status;
  const own = (userId: string, id: string): FakeJob => {
    const job = jobs.get(id);
    if (job?.userId !== userId) throw new Problem("job_not_found", `There is no job ${id}.`);
    return job;
  };
  return {
    async enqueue(request) {
      const { userId, kind, input, priority, key } = request;
      const fingerprint = fingerprintOf(kind, input, priority);
      const earlier = [...jobs.values()].find((job) => key !== undefined && job.key === key);
      if (earlier !== undefined) {
        if (earlier.fingerprint !== fingerprint) throw keyReused();
        return { value: { id: earlier.id }, replayed: true };
      }
      enqueued.push(request);
      const id = randomUUID();
      const status = { id, kind, state: "queued" as const, priority, progress: 0, createdAt: now };
      jobs.set(id, { ...status, userId, key, fingerprint });
      return { value: { id }, replayed: false };
    },
    status: async (userId, id) => shown(own(userId, id)),
    async list(userId, { state, after, limit }) {
      const mine = [...jobs.values()].filter((job) => job.userId === userId).reverse();
      const rest = mine
        .slice(mine.findIndex(({ id }) => id === after) + 1)
        .filter((job) => state === undefined || job.state === state);
      const page = rest.slice(0, limit);
      return { jobs: page.map(shown), next: (rest.length > limit && page.at(-1)?.id) || null };
    },
    async cancel(userId, id) {
      const job = own(userId, id);
      const ended: readonly JobState[] = ["completed", "failed", "cancelled"];
      if (ended.includes(job.state)) throw new Problem("job_ended", "The job has ended.");
      const cancelled: FakeJob = { ...job, state: "cancelled" };
      jobs.set(id, cancelled);
      return shown(cancelled);
    },
    counts: async () => ({}),
    close: async () => undefined,
  };
}
