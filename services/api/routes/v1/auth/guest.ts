import { guestRequest, sessionAnswer } from "../../../../contract/accounts";
import type { Api, Dependencies } from "../../../dependencies";
import { problemResponses } from "../../../openapi/problem-responses";
import { auditOf } from "../../../plugins/audit";
import { anonymousCreationHeaders, anonymousRepeatable, markReplay } from "../../../plugins/idempotency";
import { sessionTokens } from "./session";

const schema = {
  tags: ["accounts"],
  summary: "Make an account without credentials, and sign in to it",
  body: guestRequest.nullish(),
  headers: anonymousCreationHeaders,
  response: { 201: sessionAnswer, ...problemResponses("store_unavailable") },
};

/** POST /v1/auth/guest. */
export function guestRoutes(
  app: Api,
  { store, tokens, keyedHash }: Pick<Dependencies, "store" | "tokens" | "keyedHash">,
): void {
  app.post("/v1/auth/guest", { config: { public: true }, schema }, async (request, reply) => {
    const name = request.body?.name ?? "Guest";
    const key = anonymousRepeatable(request, keyedHash);
    const outcome = await store.users.createGuest(name, auditOf(request), key);
    markReplay(reply, outcome);
    return reply.code(201).send(await sessionTokens(tokens, outcome.value));
  });
}
