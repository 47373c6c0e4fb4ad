import type { ProblemBody, ProblemCode } from "../../../contract/problems";

/** Codes of this client's own, for what never came to be an answer. */
type OwnCode = "unreachable" | "signed_out";

/** A request that was not carried out; `message` is meant for the user. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    readonly code: ProblemCode | OwnCode | (string & {}),
    message: string,
    /** Seconds until it is worth trying again, where the server said so. */
    readonly retryAfter?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Whether the same request may succeed a moment later. */
  get passing(): boolean {
    return ["unreachable", "store_unavailable", "provider_unavailable", "internal_error"].includes(this.code);
  }
}

/** What a user can do, where the server's own words do not say it. */
const advice: Readonly<Partial<Record<ProblemCode | OwnCode, string>>> = {
  unreachable: "The platform cannot be reached. Check your connection and try again.",
  signed_out: "You have been signed out. Sign in again.",
  store_unavailable: "The platform cannot store anything at the moment. Try again in a few seconds.",
  internal_error: "The platform failed at this. Try again; if it stays, tell its operators.",
  invalid_credentials: "E-mail address or password is wrong.",
  email_taken: "There is an account with this e-mail address. Sign in instead.",
  room_not_found: "There is no such room. Check the link, or ask who sent it.",
  not_a_member: "This room is private. Ask one of its members to add you.",
  job_ended: "The job has ended already.",
};

/** The error that an answer means. */
export async function errorOf(response: Response): Promise<ApiError> {
  const body = Object(await response.json().catch(() => undefined)) as Partial<ProblemBody>;
  const code = body.code ?? (response.status >= 500 ? "store_unavailable" : "bad_request");
  const wait = Number(body.retryAfter ?? response.headers.get("retry-after") ?? Number.NaN);
  const retryAfter = Number.isFinite(wait) ? wait : undefined;
  if (code === "rate_limited")
    return new ApiError(code, `Too many requests. Try again in ${retryAfter ?? 60} s.`, retryAfter);
  if (code === "validation_failed" && body.errors?.length)
    return new ApiError(
      code,
      body.errors.map(({ path, message }) => `${fieldName(path)}: ${message}`).join("; "),
    );
  return new ApiError(
    code,
    advice[code as ProblemCode] ?? body.detail ?? `The platform answered ${response.status}.`,
    retryAfter,
  );
}

export const unreachable = (cause: unknown): ApiError =>
  new ApiError("unreachable", advice.unreachable ?? "", undefined, { cause });

export const signedOut = (): ApiError => new ApiError("signed_out", advice.signed_out ?? "");

/** `body.email` is a matter of the schema; the form says "email". */
const fieldName = (path: string): string => path.split(".").at(-1) ?? path;

/** Text for whatever was thrown. */
export const textOf = (error: unknown): string =>
  error instanceof ApiError ? error.message : "Something went wrong on this page. Load it again.";
