import { z } from "zod";
import { signOutRequest } from "../../../../contract/accounts";
import type { Api, Dependencies } from "../../../dependencies";
import { problemResponses } from "../../../openapi/problem-responses";
import { auditOf } from "../../../plugins/audit";
import { principalOf } from "../../../plugins/authentication";

const schema = {
  tags: ["accounts"],
  summary: "End the session, or all sessions of the user",
  description: "Access tokens of an ended session are refused at once, and its WebSocket connections closed.",
  body: signOutRequest.nullish(),
  response: { 204: z.null(), ...problemResponses("store_unavailable") },
};

/** POST /v1/auth/sign-out. */
export function signOutRoutes(
  app: Api,
  { store, endedSessions }: Pick<Dependencies, "store" | "endedSessions">,
): void {
  app.post("/v1/auth/sign-out", { schema }, async (request, reply) => {
    const { user, sessionId } = principalOf(request);
    const everywhere = request.body?.everywhere ?? false;
    const ended = await store.sessions.end({ userId: user.id, sessionId }, everywhere, auditOf(request));
    await endedSessions.end(ended);
    return reply.code(204).send(null);
  });
}
