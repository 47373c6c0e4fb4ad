import { createSecretKey } from "node:crypto";
import { jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import { type User, userSchema } from "../contract/accounts";
import { Problem } from "../contract/problems";

/** Who sends a request, and until when the token says so. */
export interface Principal {
  readonly user: User;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface Tokens {
  /** A token for `user` that is valid for `seconds`. */
  issue(user: User, seconds: number): Promise<{ token: string; expiresAt: Date }>;
  /** Throws an `unauthorized` problem when the token is not ours, was altered or has expired. */
  verify(token: string): Promise<Principal>;
}

const issuer = "backline";
const audience = "backline";
const claims = z.object({ sub: userSchema.shape.id, name: userSchema.shape.name, exp: z.number() });

/** JSON Web Tokens signed with HS256. */
export function createTokens(secret: string): Tokens {
  const key = createSecretKey(Buffer.from(secret, "utf8"));
  return {
    async issue(user, seconds) {
      const expiresAt = new Date((Math.floor(Date.now() / 1_000) + seconds) * 1_000);
      const token = await new SignJWT({ name: user.name })
        .setProtectedHeader({ alg: "HS256", typ: "JWT" })
        .setSubject(user.id)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime(expiresAt)
        .sign(key);
      return { token, expiresAt };
    },
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, key, { algorithms: ["HS256"], issuer, audience });
        const { sub, name, exp } = claims.parse(payload);
        return { user: { id: sub, name }, expiresAt: exp * 1_000 };
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
