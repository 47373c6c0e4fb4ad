import { type Queue, UnrecoverableError } from "bullmq";
import type { Redis } from "ioredis";
import type pg from "pg";
import type { Counter } from "prom-client";
import type { Logger } from "../../runtime/log";
import { type Mailer, MailRefused } from "../../runtime/mail";
import { cleanUp } from "./clean-up";
import { takeFigures } from "./figures";
import { type MaintenanceData, mailData, mailJob } from "./queue";
import { mailReport } from "./report";

export interface MaintenanceDependencies {
  readonly log: Pick<Logger, "info" | "warn" | "error">;
  readonly pool: pg.Pool;
  readonly redis: Pick<Redis, "zremrangebyscore">;
  readonly queue: Pick<Queue<MaintenanceData>, "add">;
  /** Undefined: no mail server is named, and mails are dropped. */
  readonly mailer: Mailer | undefined;
  readonly mails: Counter<"template" | "outcome">;
  readonly stack: string;
}

/** One job of the maintenance queue. */
export interface MaintenanceJob {
  readonly id?: string | undefined;
  readonly name: string;
  readonly data: unknown;
}

/** Does one job; what it throws decides between trying again and giving up. */
export async function maintain(job: MaintenanceJob, dependencies: MaintenanceDependencies): Promise<unknown> {
  const { pool, redis, queue, mailer, stack } = dependencies;
  switch (job.name) {
    case mailJob:
      return sendMail(job, dependencies);
    case "clean-up":
      return cleanUp(pool, redis);
    case "statistics":
      return takeFigures(pool);
    case "report":
      return mailer === undefined ? 0 : mailReport(pool, queue, stack);
    default:
      throw new UnrecoverableError(`this release knows no work called ${job.name}`);
  }
}

async function sendMail(
  { id, data }: MaintenanceJob,
  { log, mailer, mails }: MaintenanceDependencies,
): Promise<void> {
  const parsed = mailData.safeParse(data);
  if (!parsed.success || id === undefined) throw new UnrecoverableError("the mail does not fit its schema");
  const { template } = parsed.data;
  if (mailer === undefined) {
    mails.inc({ template, outcome: "dropped" });
    return;
  }
  try {
    await mailer.send(id, parsed.data);
    mails.inc({ template, outcome: "sent" });
  } catch (error) {
    const refused = error instanceof MailRefused;
    mails.inc({ template, outcome: refused ? "refused" : "failed" });
    // Without the error itself, which quotes the recipient's address.
    log.warn({ jobId: id, template, ...reasonOf(refused ? error.cause : error) }, "a mail could not be sent");
    throw refused
      ? new UnrecoverableError(error.message)
      : new Error("the mail server did not take the mail");
  }
}

/** What nodemailer says about a failure, as far as it is about the server. */
function reasonOf(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return {};
  const code = "code" in error ? error.code : undefined;
  const command = "command" in error ? error.command : undefined;
  const responseCode = "responseCode" in error ? error.responseCode : undefined;
  return { code, command, responseCode };
}
