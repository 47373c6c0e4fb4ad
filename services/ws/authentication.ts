import { closeCodes, tokenSubprotocolPrefix } from "../contract/frames";
import type { EndedSessions } from "../runtime/ended-sessions";
import type { Principal, Tokens } from "../runtime/tokens";

/** The connection is to be closed with this code. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(
    readonly code: number,
    readonly reason: string,
  ) {
    super(reason);
  }
}

export const unauthorized = (reason: string): Refusal => new Refusal(closeCodes.unauthorized, reason);

export interface AuthenticationDependencies {
  readonly tokens: Pick<Tokens, "verify">;
  readonly endedSessions: Pick<EndedSessions, "has">;
}

/** Who the token says the client is. `before` is who they were so far: a connection never changes hands. */
export async function authenticate(
  token: string,
  before: Principal | undefined,
  { tokens, endedSessions }: AuthenticationDependencies,
): Promise<Principal> {
  let principal: Principal;
  try {
    principal = await tokens.verify(token);
  } catch {
    throw unauthorized("the access token is not valid");
  }
  if (endedSessions.has(principal.sessionId)) throw unauthorized("the session has ended");
  if (before !== undefined && before.user.id !== principal.user.id)
    throw unauthorized("the token is another user's");
  return principal;
}

/** Token among the subprotocols that a client offers; undefined when there is none. */
export function offeredToken(header: string | undefined): string | undefined {
  const offered = (header ?? "").split(",").map((protocol) => protocol.trim());
  return offered
    .find((protocol) => protocol.startsWith(tokenSubprotocolPrefix))
    ?.slice(tokenSubprotocolPrefix.length);
}
