import { createSecretKey } from "node:crypto";
import { jwtVerify, SignJWT } from "jose";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import { type User, type UserRole, userRoles, userSchema } from "../contract/accounts";
import { Problem } from "../contract/problems";
import { identifier } from "../contract/text";

/** Who sends a request, and until when the token says so. */
export interface Principal {
  readonly user: User;
  readonly role: UserRole;
  /** Session that the token belongs to: see EndedSessions. */
  readonly sessionId: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** What a token says. */
export type Subject = Pick<Principal, "user" | "role" | "sessionId">;

export interface Tokens {
  /** A token for `subject` that is valid for `seconds`. */
  issue(subject: Subject, seconds: number): Promise<{ token: string; expiresAt: Date }>;
  /**
   * Throws an `unauthorized` problem when the token is not ours, was altered or has expired. Whether its session has
   * ended is not looked at.
   */
  verify(token: string): Promise<Principal>;
  /** The same at once for a token that was verified lately; undefined for another. */
  verified(token: string): Principal | undefined;
}

const issuer = "backline";
const audience = "backline";
const claims = z.object({
  sub: userSchema.shape.id,
  name: userSchema.shape.name,
  role: z.enum(userRoles),
  sid: identifier,
  exp: z.number(),
});

/** Tokens whose signature need not be checked again: about 10 MB. */
const verifiedTokens = 10_000;

/** JSON Web Tokens signed with HS256. */
export function createTokens(secret: string): Tokens {
  const key = createSecretKey(Buffer.from(secret, "utf8"));
  const known = new LRUCache<string, Principal>({ max: verifiedTokens });
  const verified = (token: string): Principal | undefined => {
    const principal = known.get(token);
    if (principal === undefined || principal.expiresAt > Date.now()) return principal;
    known.delete(token);
    return undefined;
  };
  return {
    async issue({ user, role, sessionId }, seconds) {
      const expiresAt = new Date((Math.floor(Date.now() / 1_000) + seconds) * 1_000);
      const token = await new SignJWT({ name: user.name, role, sid: sessionId })
        .setProtectedHeader({ alg: "HS256", typ: "JWT" })
        .setSubject(user.id)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime(expiresAt)
        .sign(key);
      return { token, expiresAt };
    },
    verified,
    async verify(token) {
      const before = verified(token);
      if (before !== undefined) return before;
      try {
        const { payload } = await jwtVerify(token, key, { algorithms: ["HS256"], issuer, audience });
        const { sub, name, role, sid, exp } = claims.parse(payload);
        const principal = { user: { id: sub, name }, role, sessionId: sid, expiresAt: exp * 1_000 };
        known.set(token, principal);
        return principal;
      } catch (error) {
        throw new Problem(
          "unauthorized",
          "The access token is not valid or has expired.",
          {},
          { cause: error },
        );
      }
    },
  };
}
