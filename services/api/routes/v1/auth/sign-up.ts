import { sessionAnswer, signUpRequest } from "../../../../contract/accounts";
import type { Api, Dependencies } from "../../../dependencies";
import { problemResponses } from "../../../openapi/problem-responses";
import { auditOf } from "../../../plugins/audit";
import { anonymousCreationHeaders, anonymousRepeatable, markReplay } from "../../../plugins/idempotency";
import { sessionTokens } from "./session";

const schema = {
  tags: ["accounts"],
  summary: "Make an account with e-mail address and password, and sign in to it",
  body: signUpRequest,
  headers: anonymousCreationHeaders,
  response: { 201: sessionAnswer, ...problemResponses("email_taken", "store_unavailable") },
};

/** POST /v1/auth/sign-up. */
export function signUpRoutes(
  app: Api,
  { store, tokens, passwords, keyedHash }: Pick<Dependencies, "store" | "tokens" | "passwords" | "keyedHash">,
): void {
  app.post("/v1/auth/sign-up", { config: { public: true }, schema }, async (request, reply) => {
    const { email, name, password } = request.body;
    // Before the transaction, which would hold a connection meanwhile.
    const account = { email, name, passwordHash: await passwords.hash(password) };
    const key = anonymousRepeatable(request, keyedHash);
    const outcome = await store.users.signUp(account, auditOf(request), key);
    markReplay(reply, outcome);
    return reply.code(201).send(await sessionTokens(tokens, outcome.value));
  });
}
