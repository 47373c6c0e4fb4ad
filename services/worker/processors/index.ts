import type { z } from "zod";
import { isJobKind, type JobKind, jobInputs } from "../../contract/jobs";
import { echo } from "./echo";
import { type JobContext, JobFailure } from "./processor";
import { report } from "./report";

type Runner = (input: unknown, context: JobContext) => Promise<z.core.util.JSONType>;

const processors: Readonly<Record<JobKind, Runner>> = {
  echo: accepting(jobInputs.echo, echo),
  report: accepting(jobInputs.report, report),
};

/** Runs a job of any kind. Throws JobFailure when there is no such kind or its input does not fit. */
export async function runJob(
  kind: string,
  input: unknown,
  context: JobContext,
): Promise<z.core.util.JSONType> {
  if (!isJobKind(kind)) throw new JobFailure(`This release knows no kind of job '${kind}'.`);
  return processors[kind](input, context);
}

/** A processor behind its schema: the input comes out of a queue that an older or newer release may have filled. */
function accepting<Schema extends z.ZodType>(
  schema: Schema,
  processor: (input: z.infer<Schema>, context: JobContext) => ReturnType<Runner>,
): Runner {
  return async (input, context) => {
    const parsed = schema.safeParse(input);
    if (!parsed.success) throw new JobFailure("The input does not fit this kind of job.");
    return processor(parsed.data, context);
  };
}
