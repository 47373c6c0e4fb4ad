import { createSecretKey, type KeyObject } from "node:crypto";
import { errors, type JWTPayload, jwtVerify, SignJWT } from "jose";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import { type User, type UserRole, userRoles, userSchema } from "../contract/accounts";
import { Problem } from "../contract/problems";
import { identifier } from "../contract/text";
import type { Environment } from "./environment";

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

/** A key whose tokens are accepted, although it signs none: the one before the present one, or the next. */
export interface OtherKey {
  readonly secret: string;
  /** When it is refused from; undefined: not yet known. */
  readonly until: Date | undefined;
}

/** A token that was verified, and until when that holds: no longer than the token's key is accepted. */
interface Known {
  readonly principal: Principal;
  readonly until: number;
}

const keyOf = (secret: string): KeyObject => createSecretKey(Buffer.from(secret, "utf8"));

/** JSON Web Tokens signed with HS256. */
export function createTokens(secret: string, otherKey?: OtherKey): Tokens {
  const key = keyOf(secret);
  const other = otherKey && { key: keyOf(otherKey.secret), until: otherKey.until?.getTime() ?? Infinity };
  const known = new LRUCache<string, Known>({ max: verifiedTokens });
  const verified = (token: string): Principal | undefined => {
    const found = known.get(token);
    if (found === undefined || found.until > Date.now()) return found?.principal;
    known.delete(token);
    return undefined;
  };
  const signedBy = (signer: KeyObject, token: string) =>
    jwtVerify(token, signer, { algorithms: ["HS256"], issuer, audience });
  const payloadOf = async (token: string): Promise<{ payload: JWTPayload; until: number }> => {
    try {
      return { payload: (await signedBy(key, token)).payload, until: Infinity };
    } catch (error) {
      const isForeign = error instanceof errors.JWSSignatureVerificationFailed;
      if (!isForeign || other === undefined || other.until <= Date.now()) throw error;
      return { payload: (await signedBy(other.key, token)).payload, until: other.until };
    }
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
        const { payload, until } = await payloadOf(token);
        const { sub, name, role, sid, exp } = claims.parse(payload);
        const principal = { user: { id: sub, name }, role, sessionId: sid, expiresAt: exp * 1_000 };
        known.set(token, { principal, until: Math.min(principal.expiresAt, until) });
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

type TokenEnvironment = Pick<
  Environment<"ws">,
  "JWT_SECRET_FILE" | "JWT_OTHER_SECRET_FILE" | "JWT_OTHER_SECRET_UNTIL"
>;

/** Tokens with the keys that the environment names. */
export function tokensOf(env: TokenEnvironment): Tokens {
  const { JWT_OTHER_SECRET_FILE: secret, JWT_OTHER_SECRET_UNTIL: until } = env;
  return createTokens(env.JWT_SECRET_FILE, secret === undefined ? undefined : { secret, until });
}
