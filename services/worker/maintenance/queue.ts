import type { Queue } from "bullmq";
import type { z } from "zod";
import { mailContent } from "../../runtime/mail-templates";

/** What a job of the maintenance queue is about, by its name: `email` is a mail to send, the others are schedules. */
export const mailJob = "email";

/** Data of an `email` job; schedules carry none. */
export const mailData = mailContent;
export type MaintenanceData = z.infer<typeof mailData> | Record<string, never>;

/**
 * A mail is tried for about twenty minutes (5 s, 10 s, 20 s, ...): a mail server that restarts or greylists costs none.
 * Mails that were sent are kept for an hour, so that an announcement that is repeated meets its job; the others can be
 * looked at for a week.
 */
const mailOptions = {
  attempts: 9,
  backoff: { type: "exponential", delay: 5_000 },
  removeOnComplete: { age: 3_600 },
  removeOnFail: { age: 7 * 24 * 3_600 },
} as const;

/** Queues a mail; a second one under the same id changes nothing. */
export async function addMail(
  queue: Pick<Queue<MaintenanceData>, "add">,
  jobId: string,
  mail: z.infer<typeof mailData>,
): Promise<void> {
  await queue.add(mailJob, mail, { jobId, ...mailOptions });
}
