import type { Queue } from "bullmq";
import type pg from "pg";
import type { Figures } from "../../runtime/mail-templates";
import { asRedis } from "../../runtime/unavailable";
import { administrators, figuresOfYesterday, takeFigures } from "./figures";
import { addMail, type MaintenanceData } from "./queue";

/**
 * Queues a mail with the last day's figures for every administrator; answers how many. A day's mail to somebody has an
 * id of its own, so that running again sends none twice.
 */
export async function mailReport(
  pool: Pick<pg.Pool, "query">,
  queue: Pick<Queue<MaintenanceData>, "add">,
  stack: string,
  now = new Date(),
): Promise<number> {
  const recipients = await administrators(pool);
  if (recipients.length === 0) return 0;
  const before = await figuresOfYesterday(pool);
  const total = await takeFigures(pool);
  const day = now.toISOString().slice(0, "2030-01-31".length);
  const added = before === undefined ? null : difference(total, before);
  for (const { id, email: to } of recipients)
    await asRedis(() =>
      addMail(queue, `report-${day}-${id}`, { template: "report", to, stack, day, total, added }),
    );
  return recipients.length;
}

const difference = (total: Figures, before: Figures): Figures => ({
  users: total.users - before.users,
  guests: total.guests - before.guests,
  rooms: total.rooms - before.rooms,
  messages: total.messages - before.messages,
});
