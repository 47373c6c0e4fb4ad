import type { z } from "zod";
import type { reportResult } from "../../contract/jobs";
import { JobFailure, type JobProcessor } from "./processor";

type Report = z.infer<typeof reportResult>;

/** Rooms that are counted by one query. */
export const roomsPerStep = 50;

/**
 * Counts the messages of rooms that the job's owner belongs to, a few rooms at a time, so that no query runs long. Fails
 * on a room that is not theirs as on one that is not there.
 */
export const report: JobProcessor<"report"> = async ({ rooms }, { userId, progress, signal, statistics }) => {
  const chosen = rooms === undefined ? await statistics.roomIds(userId) : [...new Set(rooms)];
  const result: Report = { rooms: 0, messages: 0, busiest: null };
  for (let done = 0; done < chosen.length; done += roomsPerStep) {
    signal.throwIfAborted();
    const step = chosen.slice(done, done + roomsPerStep);
    const counts = await statistics.countMessages(userId, step);
    const missing = step.find((room) => !counts.has(room));
    // A room that the owner has left meanwhile is none that they asked for.
    if (missing !== undefined && rooms !== undefined) throw new JobFailure(`There is no room ${missing}.`);
    for (const room of step) add(result, room, counts.get(room));
    progress(Math.round((Math.min(done + roomsPerStep, chosen.length) / chosen.length) * 100));
  }
  return { ...result };
};

function add(result: Report, room: string, messages: number | undefined): void {
  if (messages === undefined) return;
  result.rooms += 1;
  result.messages += messages;
  if (messages > (result.busiest?.messages ?? 0)) result.busiest = { room, messages };
}
