import type { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { cancelledJobsChannel } from "../contract/channels";
import type { JobData } from "../contract/jobs";

/** How every flagged job's data begins. */
const flag = '{"cancelled":true,';

/**
 * Flags a job in one step with the look at its end, so that it ends either way and never both. The flag is put in
 * front of the JSON text: decoding and encoding it in Lua would turn empty lists into objects.
 */
const script = `
local data = redis.call("HGET", KEYS[1], "data")
if not data then return "gone" end
if string.sub(data, 1, #ARGV[2]) == ARGV[2] then return "cancelled" end
if redis.call("ZSCORE", KEYS[2], ARGV[1]) or redis.call("ZSCORE", KEYS[3], ARGV[1]) then return "ended" end
redis.call("HSET", KEYS[1], "data", ARGV[2] .. string.sub(data, 2))
redis.call("PUBLISH", ARGV[3], ARGV[1])
return "flagged"
`;

export type Cancellation = "gone" | "ended" | "cancelled" | "flagged";

/**
 * Cancels a job that has not ended: it reads as cancelled from now on, a worker that takes it gives it up, and the
 * one that runs it is told. `cancelled` is the answer when it was cancelled before.
 */
export async function flagCancelled(
  redis: Redis,
  queue: Pick<Queue<JobData>, "toKey" | "keys">,
  id: string,
): Promise<Cancellation> {
  const { completed = queue.toKey("completed"), failed = queue.toKey("failed") } = queue.keys;
  const answer = await redis.eval(
    script,
    3,
    queue.toKey(id),
    completed,
    failed,
    id,
    flag,
    cancelledJobsChannel,
  );
  if (answer === "gone" || answer === "ended" || answer === "cancelled" || answer === "flagged")
    return answer;
  throw new Error(`Redis answered ${String(answer)} to a cancellation`);
}
