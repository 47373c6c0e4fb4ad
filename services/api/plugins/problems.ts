/** Every error leaves as application/problem+json. */
import type { Socket } from "node:net";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { type FieldError, Problem, type ProblemCode, problemMediaType } from "../../contract/problems";
import { problemAnswer, rawAnswer } from "../../runtime/http";
import { StoreUnavailable } from "../../runtime/unavailable";
import type { Api } from "../dependencies";

const problemContentType = `${problemMediaType}; charset=utf-8`;

/** Seconds after which a client may ask again where nothing better is known. */
const unavailableSeconds = 5;

export function registerProblems(app: Api): void {
  app.setNotFoundHandler((request, reply) => {
    const problem = new Problem(
      "route_not_found",
      `There is no ${request.method} ${request.url.split("?", 1)[0]}.`,
    );
    return answerWith(problem, request, reply);
  });
  app.setErrorHandler(sendProblem);
}

/** Answers a request with the problem that `error` is to its client. */
export function sendProblem(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = toProblem(error);
  if (problem.status >= 500) {
    const store = problem instanceof StoreUnavailable ? { store: problem.store } : {};
    request.log.error({ err: problem.cause ?? error, code: problem.code, ...store }, problem.detail);
  }
  if (problem.code === "unauthorized") reply.header("www-authenticate", "Bearer");
  const retryAfter = problem.extras.retryAfter ?? (problem.status === 503 ? unavailableSeconds : undefined);
  if (retryAfter !== undefined) reply.header("retry-after", retryAfter);
  // A bad URL is refused before any hook has run.
  reply.header("x-request-id", request.id);
  return answerWith(problem, request, reply);
}

/** As text: a problem is the same whichever schema the route has for its answers. */
function answerWith(problem: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const body = JSON.stringify(problem.toBody(request.id));
  return reply.code(problem.status).type(problemContentType).send(body);
}

/** Answers what is not even HTTP, or is too large for it. */
export function refuseClient(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const detail =
    error.code === "HPE_HEADER_OVERFLOW" ? "The headers are too large." : "This is not valid HTTP.";
  socket.end(rawAnswer(problemAnswer(new Problem("bad_request", detail))));
}

/** Fastify's own errors that are the client's doing, by their code. */
const clientErrors: Record<string, readonly [ProblemCode, string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ["body_too_large", "The body is larger than this route takes."],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ["unsupported_media_type", "Send the body as application/json."],
  FST_ERR_CTP_EMPTY_JSON_BODY: ["malformed_body", "The body is empty, but its media type says JSON."],
  FST_ERR_CTP_INVALID_JSON_BODY: ["malformed_body", "The body is not valid JSON."],
};

/** What the client is told about `error`: its own mistakes exactly, ours without details. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (!(error instanceof Error)) return new Problem("internal_error", "The request could not be answered.");
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map((issue) => fieldError(error.validationContext ?? "body", issue));
    const where = errors.map(({ path, message }) => `${path}: ${message}`).join("; ");
    return new Problem("validation_failed", where, { errors });
  }
  const { code = "", statusCode = 500 }: Partial<FastifyError> = error;
  const known = clientErrors[code];
  if (known !== undefined) return new Problem(known[0], known[1]);
  if (error instanceof SyntaxError && statusCode === 400) {
    return new Problem("malformed_body", "The body is not valid JSON.");
  }
  if (statusCode >= 400 && statusCode < 500) return new Problem("bad_request", error.message);
  return new Problem("internal_error", "The request could not be answered.", {}, { cause: error });
}

function fieldError(context: string, issue: { instancePath: string; message?: string }): FieldError {
  const place = context === "querystring" ? "query" : context;
  const path = issue.instancePath.split("/").filter((part) => part !== "");
  return { path: [place, ...path].join("."), message: issue.message ?? "is not valid" };
}
