import type { FastifyRequest } from "fastify";
import type { UserRole } from "../../contract/accounts";
import { Problem } from "../../contract/problems";
import type { EndedSessions } from "../../runtime/ended-sessions";
import type { Principal, Tokens } from "../../runtime/tokens";
import type { Api } from "../dependencies";

declare module "fastify" {
  interface FastifyRequest {
    /** Who sends the request; undefined on routes that need no token. */
    principal: Principal | undefined;
    /** Why nobody is let in; thrown once the request is counted. */
    refusal: Problem | undefined;
  }
  interface FastifyContextConfig {
    /** The route needs no access token. */
    public?: true;
    /** The route is for users with this role alone; others get `forbidden`. */
    role?: UserRole;
  }
}

/**
 * Finds out who sends a request, before its body is read. Routes need a bearer token unless their config says `public`.
 * Whoever may not pass is turned away by `registerRefusal`, which comes after the count of requests.
 */
export function registerAuthentication(app: Api, tokens: Tokens, ended: Pick<EndedSessions, "has">): void {
  app.decorateRequest("principal", undefined);
  app.decorateRequest("refusal", undefined);

  const admit = (request: FastifyRequest, principal: Principal): void => {
    const { role } = request.routeOptions.config;
    if (ended.has(principal.sessionId)) {
      request.refusal = new Problem(
        "unauthorized",
        "The session of this access token has ended; sign in again.",
      );
      return;
    }
    request.principal = principal;
    if (role !== undefined && principal.role !== role)
      request.refusal = new Problem("forbidden", `Only users with the role ${role} may do this.`);
  };

  app.addHook("onRequest", (request, _reply, done) => {
    if (request.is404 || request.routeOptions.config.public === true) return done();
    const token = bearerToken(request.headers.authorization);
    if (token === undefined) {
      request.refusal = new Problem(
        "unauthorized",
        "Send the access token as 'Authorization: Bearer <token>'.",
      );
      return done();
    }
    const known = tokens.verified(token);
    if (known !== undefined) {
      admit(request, known);
      return done();
    }
    tokens
      .verify(token)
      .then(
        (principal) => admit(request, principal),
        (error: unknown) => {
          if (!(error instanceof Problem)) throw error;
          request.refusal = error;
        },
      )
      .then(() => done(), done);
  });
}

/** Turns away whom `registerAuthentication` did not let in. */
export function registerRefusal(app: Api): void {
  app.addHook("onRequest", (request, _reply, done) => done(request.refusal));
}

/** The sender of a request on a route that is not public. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === undefined) throw new Problem("unauthorized", "The request has no access token.");
  return request.principal;
}

function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +([\w.~+/=-]+) *$/i.exec(header ?? "")?.[1];
}
