/**
 * Every error that a service answers with, as `application/problem+json` (RFC 9457) over HTTP and as an `error`
 * frame over WebSocket. The code is the stable part: clients switch on it, texts may change.
 */
import { z } from "zod";

export const problems = {
  validation_failed: { status: 400, title: "The request does not match the schema" },
  malformed_body: { status: 400, title: "The body is not valid JSON" },
  bad_request: { status: 400, title: "The request is malformed" },
  invalid_signature: { status: 400, title: "The signature does not fit the body, or is too old" },
  unauthorized: { status: 401, title: "No valid access token" },
  invalid_credentials: { status: 401, title: "E-mail address or password is wrong" },
  invalid_refresh_token: { status: 401, title: "The refresh token is not valid any more" },
  forbidden: { status: 403, title: "The caller may not do this" },
  not_a_member: { status: 403, title: "Only members of the room may do this" },
  route_not_found: { status: 404, title: "No such route" },
  room_not_found: { status: 404, title: "No such room" },
  job_not_found: { status: 404, title: "No such job" },
  user_not_found: { status: 404, title: "No such user" },
  member_not_found: { status: 404, title: "The user is no member of the room" },
  file_not_found: { status: 404, title: "No such file" },
  chain_not_found: { status: 404, title: "No such chain" },
  not_configured: { status: 404, title: "This deployment does not offer this" },
  email_taken: { status: 409, title: "There is an account with this e-mail address" },
  already_a_member: { status: 409, title: "The user is a member of the room already" },
  last_owner: { status: 409, title: "A room keeps one owner at least" },
  job_ended: { status: 409, title: "The job has ended already" },
  body_too_large: { status: 413, title: "The body is too large" },
  unsupported_media_type: { status: 415, title: "The body's media type is not supported" },
  unknown_job_kind: { status: 422, title: "No such kind of job" },
  idempotency_key_reused: { status: 422, title: "The Idempotency-Key was used for another request" },
  file_refused: { status: 422, title: "Files of this type or size are not taken" },
  rate_limited: { status: 429, title: "Too many requests" },
  internal_error: { status: 500, title: "The service failed" },
  store_unavailable: { status: 503, title: "A store does not answer" },
  maintenance: { status: 503, title: "Closed for maintenance" },
  provider_unavailable: { status: 503, title: "No provider answers" },
} as const;

export type ProblemCode = keyof typeof problems;

/** Media type of an error answer. */
export const problemMediaType = "application/problem+json";

export const fieldErrorSchema = z.object({
  path: z.string().describe("Where the mistake is: body.name, query.limit, headers.idempotency-key"),
  message: z.string(),
});

export type FieldError = z.infer<typeof fieldErrorSchema>;

export const problemSchema = z.object({
  type: z.string().describe("urn:backline:problem:<code>"),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string(),
  requestId: z.string().optional(),
  errors: z.array(fieldErrorSchema).optional(),
  kinds: z.array(z.string()).optional().describe("unknown_job_kind: the kinds there are"),
  retryAfter: z.number().int().optional().describe("rate_limited: seconds until a request is taken again"),
});

export type ProblemBody = z.infer<typeof problemSchema>;

/** What a problem may carry besides its text. */
export interface ProblemExtras {
  readonly errors?: FieldError[];
  readonly kinds?: string[];
  readonly retryAfter?: number;
}

/** An error whose text is meant for the client. */
export class Problem extends Error {
  override readonly name = "Problem";
  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly extras: ProblemExtras = {},
    options?: ErrorOptions,
  ) {
    super(detail, options);
  }

  get status(): number {
    return problems[this.code].status;
  }

  toBody(requestId?: string): ProblemBody {
    return {
      type: `urn:backline:problem:${this.code}`,
      title: problems[this.code].title,
      status: this.status,
      detail: this.detail,
      code: this.code,
      ...(requestId === undefined ? {} : { requestId }),
      ...this.extras,
    };
  }
}
