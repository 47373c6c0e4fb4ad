import { useId } from "react";
import { hasEnded, type JobView } from "../jobs";
import { useAction, useApp, useValue } from "./hooks";
import { Failure } from "./parts";

/** What the example job does: long enough to be watched. */
const example = { steps: 20, stepMilliseconds: 500 } as const;

function JobRow({ job }: { readonly job: JobView }) {
  const { jobs } = useApp();
  const { run, busy, error } = useAction();
  const id = useId();
  const progress = Math.round(job.progress);
  return (
    <li className="job" data-state={job.state}>
      <span id={id}>
        {job.kind} <code>{job.id.slice(0, 8)}</code>
      </span>
      <progress max={100} value={progress} aria-labelledby={id}>
        {progress} %
      </progress>
      <span className="state">
        {job.state}
        {job.state === "active" && `, ${progress} %`}
      </span>
      {!hasEnded(job) && (
        <button
          type="button"
          className="quiet"
          disabled={busy}
          aria-describedby={id}
          onClick={() => void run(() => jobs.cancel(job.id))}
        >
          Cancel
        </button>
      )}
      {error !== undefined && <Failure>{error}</Failure>}
    </li>
  );
}

export function JobsPanel() {
  const { jobs } = useApp();
  const list = useValue(jobs.list);
  const { run, busy, error } = useAction();
  const start = () => void run(() => jobs.start("hello", example.steps, example.stepMilliseconds));
  // What ends is read out; every step of the progress would be too much.
  const ended = list.find(hasEnded);
  return (
    <section className="card jobs">
      <h2>Jobs</h2>
      <p className="muted">A job runs in the worker; its progress comes over the WebSocket.</p>
      <button type="button" disabled={busy} onClick={start}>
        Start a job
      </button>
      {error !== undefined && <Failure>{error}</Failure>}
      <ul>
        {list.slice(0, 5).map((job) => (
          <JobRow key={job.id} job={job} />
        ))}
      </ul>
      <p className="unseen" role="status">
        {ended && `Job ${ended.id.slice(0, 8)} ${ended.state}`}
      </p>
    </section>
  );
}
