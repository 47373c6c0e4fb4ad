import { z } from "zod";
import {
  isJobKind,
  type JobData,
  type JobKind,
  jobAccepted,
  jobAnswer,
  jobData,
  jobInputs,
  jobKinds,
  jobRequest,
  jobsAnswer,
  jobsQuery,
} from "../../../contract/jobs";
import { Problem } from "../../../contract/problems";
import { identifier } from "../../../contract/text";
import type { Api, Dependencies } from "../../dependencies";
import { problemResponses } from "../../openapi/problem-responses";
import { auditOf } from "../../plugins/audit";
import { principalOf } from "../../plugins/authentication";
import { creationHeaders, markReplay } from "../../plugins/idempotency";

const tags = ["jobs"];
const params = z.object({ id: identifier });

type Needs = Pick<Dependencies, "jobs" | "publisher" | "audit">;

/**
 * POST and GET /v1/jobs, GET /v1/jobs/:id, POST /v1/jobs/:id/cancel. Jobs need Redis alone: nobody waits for the audit
 * table, which is in PostgreSQL.
 */
export function jobRoutes(app: Api, { jobs, publisher, audit }: Needs): void {
  const post = {
    tags,
    summary: "Have something done in the background",
    body: jobRequest,
    headers: creationHeaders,
    response: {
      202: jobAccepted,
      ...problemResponses("unknown_job_kind", "idempotency_key_reused", "store_unavailable"),
    },
  };
  app.post("/v1/jobs", { schema: post }, async (request, reply) => {
    const kind = knownKind(request.body.kind);
    const key = request.headers["idempotency-key"];
    const outcome = await jobs.enqueue({
      userId: principalOf(request).user.id,
      kind,
      input: checkedInput(kind, request.body.input),
      priority: request.body.priority,
      requestId: request.id,
      ...(key === undefined ? {} : { key }),
    });
    const target = outcome.value.id;
    if (!outcome.replayed)
      void audit.record({ ...auditOf(request), action: "job.created", target, detail: { kind } });
    markReplay(reply, outcome);
    return reply.code(202).send({ id: target, state: "queued" });
  });

  const get = {
    tags,
    summary: "A job of the caller's, with its progress and result",
    params,
    response: { 200: jobAnswer, ...problemResponses("job_not_found", "store_unavailable") },
  };
  app.get("/v1/jobs/:id", { schema: get }, async (request) =>
    jobs.status(principalOf(request).user.id, request.params.id),
  );

  const list = {
    tags,
    summary: "The caller's jobs",
    querystring: jobsQuery,
    response: { 200: jobsAnswer, ...problemResponses("store_unavailable") },
  };
  app.get("/v1/jobs", { schema: list }, async (request) =>
    jobs.list(principalOf(request).user.id, request.query),
  );

  const cancel = {
    tags,
    summary: "Cancel a job of the caller's that has not ended",
    params,
    response: { 200: jobAnswer, ...problemResponses("job_not_found", "job_ended", "store_unavailable") },
  };
  app.post("/v1/jobs/:id/cancel", { schema: cancel }, async (request) => {
    const { id: userId } = principalOf(request).user;
    const job = await jobs.cancel(userId, request.params.id);
    const { id, kind, state, progress } = job;
    void audit.record({ ...auditOf(request), action: "job.cancelled", target: id, detail: { kind } });
    publisher.job(userId, { type: "job", id, kind, state, progress });
    return job;
  });
}

function knownKind(kind: string): JobKind {
  if (isJobKind(kind)) return kind;
  const kinds = [...jobKinds];
  throw new Problem("unknown_job_kind", `There is no kind of job '${kind}'; there are ${kinds.join(", ")}.`, {
    kinds,
  });
}

/** The input with its defaults. Throws `validation_failed` with the places under body.input. */
function checkedInput(kind: JobKind, input: JobData["input"]): JobData["input"] {
  const parsed = jobInputs[kind].safeParse(input);
  if (parsed.success) return jobData.shape.input.parse(parsed.data);
  const errors = parsed.error.issues.map(({ path, message }) => ({
    path: ["body", "input", ...path].map(String).join("."),
    message,
  }));
  throw new Problem(
    "validation_failed",
    errors.map(({ path, message }) => `${path}: ${message}`).join("; "),
    { errors },
  );
}
