import type { JobState, JobStatus } from "../../contract/jobs";
import type { Api } from "./api/client";
import { Observable } from "./observable";

/** A job as the page shows it. */
export interface JobView {
  readonly id: string;
  readonly kind: string;
  readonly state: JobState;
  /** Percent. */
  readonly progress: number;
}

const order: Readonly<Record<JobState, number>> = {
  queued: 0,
  active: 1,
  completed: 2,
  failed: 2,
  cancelled: 2,
};

export const hasEnded = ({ state }: Pick<JobView, "state">): boolean => order[state] === 2;

/** The user's latest jobs: what the API answers and what frames tell, in whichever order they come. */
export class Jobs {
  readonly list = new Observable<readonly JobView[]>([]);

  constructor(private readonly api: Pick<Api, "startEcho" | "job" | "jobs" | "cancelJob">) {}

  async start(value: string, steps: number, stepMilliseconds: number): Promise<void> {
    const { id, state } = await this.api.startEcho(value, steps, stepMilliseconds);
    this.take({ id, kind: "echo", state, progress: 0 });
  }

  async cancel(id: string): Promise<void> {
    await this.api.cancelJob(id);
    this.take(await this.api.job(id));
  }

  /** Asks for what frames would have told while there was no connection. */
  async reload(): Promise<void> {
    const { jobs } = await this.api.jobs();
    for (const job of [...jobs].reverse()) this.take(job);
  }

  clear(): void {
    this.list.set([]);
  }

  /** Takes what is news; an older state that comes later is none. */
  take({ id, kind, state, progress }: JobView | JobStatus): void {
    const next = { id, kind, state, progress };
    const jobs = this.list.get();
    const known = jobs.find((job) => job.id === id);
    if (known === undefined) this.list.set([next, ...jobs]);
    else if (order[state] > order[known.state] || (state === known.state && progress > known.progress))
      this.list.set(jobs.map((job) => (job.id === id ? next : job)));
  }
}
