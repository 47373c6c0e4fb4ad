import { accessTokenSeconds, type SessionAnswer } from "../../../../contract/accounts";
import type { OpenedSession } from "../../../../runtime/store/sessions";
import type { Tokens } from "../../../../runtime/tokens";

/** The answer that hands a session's tokens to its client. */
export async function sessionTokens(
  tokens: Tokens,
  { sessionId, user, role, refreshToken, refreshExpiresAt }: OpenedSession,
): Promise<SessionAnswer> {
  const { token, expiresAt } = await tokens.issue({ sessionId, user, role }, accessTokenSeconds);
  return {
    token,
    expiresAt: expiresAt.toISOString(),
    refreshToken,
    refreshExpiresAt: refreshExpiresAt.toISOString(),
    user,
  };
}
