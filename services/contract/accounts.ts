import { z } from "zod";
import { identifier, text, timestamp } from "./text";

/** Seconds that an access token is valid. */
export const accessTokenSeconds = 15 * 60;

/** Seconds that a session lives on after its last refresh. */
export const sessionSeconds = 30 * 24 * 3_600;

/**
 * Seconds in which a refresh token that was used may be used again: a client whose connection broke never saw its
 * successor, and two windows refresh at once. Later use means that two parties hold it, and ends the session.
 */
export const refreshGraceSeconds = 10;

export const userRoles = ["user", "admin"] as const;
export type UserRole = (typeof userRoles)[number];

/** A user as everybody sees them. */
export const userSchema = z.object({ id: identifier, name: z.string() });
export type User = z.infer<typeof userSchema>;

/** A user as they see themselves. */
export const meSchema = userSchema.extend({
  email: z.string().nullable().describe("Null for guests"),
  guest: z.boolean(),
  role: z.enum(userRoles),
  createdAt: timestamp,
});
export type Me = z.infer<typeof meSchema>;

const userName = text(80);
const email = z.email().max(254);

/** As NIST SP 800-63B has it: long enough, nothing about kinds of characters. The upper bound keeps hashing cheap. */
const newPassword = z.string().min(10).max(200);

export const guestRequest = z.strictObject({
  name: userName.optional().describe("Shown to others; Guest when left out"),
});

export const signUpRequest = z.strictObject({ email, password: newPassword, name: userName });
export type SignUp = z.infer<typeof signUpRequest>;

export const signInRequest = z.strictObject({ email, password: z.string().min(1).max(200) });

const refreshToken = z.string().regex(/^[\w-]{43}$/, "is not a refresh token");

export const refreshRequest = z.strictObject({ refreshToken });

export const signOutRequest = z.strictObject({
  everywhere: z.boolean().default(false).describe("Ends all sessions of the user, not just this one"),
});

export const meChange = z.strictObject({ name: userName });

/** A session's tokens. */
export const sessionAnswer = z.object({
  token: z.string().describe("Access token: send it as Authorization: Bearer"),
  expiresAt: timestamp.describe("End of the access token"),
  refreshToken: z.string().describe("Good for one use at POST /v1/auth/refresh"),
  refreshExpiresAt: timestamp,
  user: userSchema,
});
export type SessionAnswer = z.infer<typeof sessionAnswer>;
