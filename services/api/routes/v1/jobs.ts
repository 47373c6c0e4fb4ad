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
} from "../../../contract/jobs";
import { Problem } from "../../../contract/problems";
import { identifier } from "../../../contract/text";
import type { Api, Dependencies } from "../../dependencies";
import { principalOf } from "../../plugins/authentication";
import { creationHeaders, markReplay } from "../../plugins/idempotency";

/** POST /v1/jobs and GET /v1/jobs/:id. */
export function jobRoutes(app: Api, { jobs }: Pick<Dependencies, "jobs">): void {
  const post = { body: jobRequest, headers: creationHeaders, response: { 202: jobAccepted } };
  app.post("/v1/jobs", { schema: post }, async (request, reply) => {
    const kind = knownKind(request.body.kind);
    const key = request.headers["idempotency-key"];
    const outcome = await jobs.enqueue({
      userId: principalOf(request).user.id,
      kind,
      input: checkedInput(kind, request.body.input),
      requestId: request.id,
      ...(key === undefined ? {} : { key }),
    });
    markReplay(reply, outcome);
    return reply.code(202).send({ id: outcome.value.id, state: "queued" });
  });

  const get = { params: z.object({ id: identifier }), response: { 200: jobAnswer } };
  app.get("/v1/jobs/:id", { schema: get }, async (request) =>
    jobs.status(principalOf(request).user.id, request.params.id),
  );
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
