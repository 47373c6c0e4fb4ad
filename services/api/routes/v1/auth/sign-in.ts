import { sessionAnswer, signInRequest } from "../../../../contract/accounts";
import { Problem } from "../../../../contract/problems";
import type { Api, Dependencies } from "../../../dependencies";
import { problemResponses } from "../../../openapi/problem-responses";
import { auditOf } from "../../../plugins/audit";
import { tooMany } from "../../../plugins/rate-limits";
import { sessionTokens } from "./session";

const schema = {
  tags: ["accounts"],
  summary: "Sign in with e-mail address and password",
  description: "Ten attempts in 15 minutes from one address with one e-mail address; a success begins anew.",
  body: signInRequest,
  response: {
    200: sessionAnswer,
    ...problemResponses("invalid_credentials", "rate_limited", "store_unavailable"),
  },
};

type Needs = Pick<Dependencies, "store" | "audit" | "tokens" | "passwords" | "rateLimits">;

/** POST /v1/auth/sign-in. */
export function signInRoutes(app: Api, { store, audit, tokens, passwords, rateLimits }: Needs): void {
  /** Id of the user whose credentials these are. */
  const proven = async (email: string, password: string): Promise<{ userId?: string; fits: boolean }> => {
    const credentials = await store.users.credentials(email);
    // An unknown address takes as long as a wrong password, so that nobody can find out who has an account.
    const fits = await passwords.verify(password, credentials?.passwordHash);
    return { ...(credentials === undefined ? {} : { userId: credentials.userId }), fits };
  };

  app.post("/v1/auth/sign-in", { config: { public: true }, schema }, async (request) => {
    const { email, password } = request.body;
    const attempt = await rateLimits.signIn.attempt(request.ip, email);
    if (!attempt.allowed) throw tooMany(attempt, "Too many attempts to sign in; wait a while.");
    const { userId, fits } = await proven(email, password).catch(async (error: unknown) => {
      await rateLimits.signIn.withdraw(request.ip, email);
      throw error;
    });
    if (userId === undefined || !fits) {
      const entry = { action: "user.sign_in_failed", target: userId, detail: { email } } as const;
      await audit.record({ ...auditOf(request), ...entry });
      throw new Problem("invalid_credentials", "E-mail address or password is wrong.");
    }
    await rateLimits.signIn.succeeded(request.ip, email);
    return sessionTokens(tokens, await store.sessions.open(userId, auditOf(request)));
  });
}
