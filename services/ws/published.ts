import { z } from "zod";
import { sequence } from "../contract/rooms";
import { identifier } from "../contract/text";

/** What a process must know of a published frame to bring it to the right connections; the frame itself goes on as it is. */
const published = z.discriminatedUnion("type", [
  z.object({ type: z.literal("message"), seq: sequence }),
  z.object({ type: z.literal("typing"), user: z.object({ id: identifier }) }),
  z.object({ type: z.literal("presence"), user: z.object({ id: identifier }) }),
  z.object({ type: z.literal("left"), room: identifier }),
  z.object({ type: z.literal("job") }),
]);
export type Published = z.infer<typeof published>;

/** Undefined when the text is no frame that is published. */
export function parsePublished(frame: Buffer): Published | undefined {
  try {
    return published.safeParse(JSON.parse(frame.toString("utf8"))).data;
  } catch {
    return undefined;
  }
}
