import type { FastifyRequest } from "fastify";
import { Problem } from "../../contract/problems";
import type { Principal, Tokens } from "../../runtime/tokens";
import type { Api } from "../dependencies";

declare module "fastify" {
  interface FastifyRequest {
    /** Who sends the request; absent on routes that need no token. */
    principal?: Principal;
  }
  interface FastifyContextConfig {
    /** The route needs no access token. */
    public?: true;
  }
}

/** Routes need a bearer token unless their config says `public`. The token is checked before the body is read. */
export function registerAuthentication(app: Api, tokens: Tokens): void {
  app.addHook("onRequest", async (request) => {
    if (request.is404 || request.routeOptions.config.public === true) return;
    request.principal = await tokens.verify(bearerToken(request.headers.authorization));
  });
}

/** The sender of a request on a route that is not public. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === undefined) throw new Problem("unauthorized", "The request has no access token.");
  return request.principal;
}

function bearerToken(header: string | undefined): string {
  const token = /^Bearer +([\w.~+/=-]+) *$/i.exec(header ?? "")?.[1];
  if (token === undefined) {
    throw new Problem("unauthorized", "Send the access token as 'Authorization: Bearer <token>'.");
  }
  return token;
}
