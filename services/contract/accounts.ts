import { z } from "zod";
import { identifier, text, timestamp } from "./text";

/** Seconds that a guest's access token is valid: 12 hours, since a guest has no way to sign in again. */
export const guestTokenSeconds = 12 * 3_600;

export const userSchema = z.object({ id: identifier, name: z.string() });
export type User = z.infer<typeof userSchema>;

export const guestRequest = z.strictObject({
  name: text(80).optional().describe("Shown to others; Guest when left out"),
});

export const guestAnswer = z.object({ token: z.string(), user: userSchema, expiresAt: timestamp });
