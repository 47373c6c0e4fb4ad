import { Problem } from "../../contract/problems";

/** What a route answers whose settings this deployment does not have. `what` begins the sentence: Files, Payments. */
export const notConfigured = (what: string): Problem =>
  new Problem("not_configured", `${what} are not set up on this deployment.`);
