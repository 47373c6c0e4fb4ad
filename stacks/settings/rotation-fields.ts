import { z } from "zod";
import { checked, count } from "./fields";

/**
 * How far the rotation of a secret is. Each is what an update brings the stack to, and then the next one comes:
 *
 * - `introduced`: the new value is accepted beside the one in use.
 * - `used`: the new value is in use, and the one before is accepted beside it.
 * - `ended`: the one before is refused.
 * - `expiring`: as `used`, until a time that the services know; nothing has to be done for it.
 */
export const rotationPhases = ["introduced", "used", "ended", "expiring"] as const;
export type RotationPhase = (typeof rotationPhases)[number];

const moment = () =>
  checked(z.string(), "format", (value) =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) && !Number.isNaN(Date.parse(value))
      ? undefined
      : `${JSON.stringify(value)} is not a time; write "2030-01-31T12:00:00Z"`,
  );

export const rotationFields = z
  // `resolveRotation` refuses names that no secret has.
  .record(
    z.string(),
    z.strictObject({
      changed: moment().optional().describe("When it was last given a new value."),
      rotations: count(0, 1_000_000)
        .optional()
        .describe(
          "How often it was rotated. For `postgresPassword` it says which of two roles the services use. Default 0.",
        ),
      phase: z
        .enum(rotationPhases)
        .optional()
        .describe("How far the rotation is that is under way. Default: none is."),
      other: z
        .string()
        .optional()
        .describe("Secret: a second value that is accepted as well, the next one or the one before."),
      until: moment().optional().describe("Until when the other value is accepted, where that is known."),
    }),
  )
  .optional()
  .describe(
    "What `./backline secrets rotate <stack>` keeps of each secret, by its name below `secrets`. Written by it and by `init`, not by hand.",
  );
