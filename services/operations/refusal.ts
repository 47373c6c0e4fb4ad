/** What the operator asks for cannot be done. The code is the stable part. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(
    readonly code:
      | "bad_arguments"
      | "job_not_found"
      | "job_not_failed"
      | "user_not_found"
      | "store_unavailable",
    message: string,
  ) {
    super(message);
  }
}
