import { refreshRequest, sessionAnswer } from "../../../../contract/accounts";
import { Problem } from "../../../../contract/problems";
import type { Api, Dependencies } from "../../../dependencies";
import { problemResponses } from "../../../openapi/problem-responses";
import { auditOf } from "../../../plugins/audit";
import { sessionTokens } from "./session";

const schema = {
  tags: ["accounts"],
  summary: "Trade a refresh token for new tokens",
  description:
    "Each refresh token is good for one use. One that is used again after more than a few seconds is held by two, and its session ends.",
  body: refreshRequest,
  response: { 200: sessionAnswer, ...problemResponses("invalid_refresh_token", "store_unavailable") },
};

type Needs = Pick<Dependencies, "store" | "tokens" | "endedSessions">;

/** POST /v1/auth/refresh. */
export function refreshRoutes(app: Api, { store, tokens, endedSessions }: Needs): void {
  app.post("/v1/auth/refresh", { config: { public: true }, schema }, async (request) => {
    const refreshed = await store.sessions.refresh(request.body.refreshToken, auditOf(request));
    if ("session" in refreshed) return sessionTokens(tokens, refreshed.session);
    await endedSessions.end([refreshed.endedSessionId]);
    request.log.warn(
      { sessionId: refreshed.endedSessionId },
      "a refresh token was used twice; its session was ended",
    );
    throw new Problem("invalid_refresh_token", "The refresh token was used before; sign in again.");
  });
}
