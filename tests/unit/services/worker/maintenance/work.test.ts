import { UnrecoverableError } from "bullmq";
import type pg from "pg";
import { Registry } from "prom-client";
import { describe, expect, it, vi } from "vitest";
import { type Mailer, MailRefused } from "../../../../../services/runtime/mail";
import { mailMetrics } from "../../../../../services/runtime/metrics";
import { arrangeSchedules } from "../../../../../services/worker/maintenance/schedules";
import { type MaintenanceJob, maintain } from "../../../../../services/worker/maintenance/work";

async function run(job: MaintenanceJob, mailer: Mailer | undefined) {
  const registry = new Registry();
  const lines: unknown[] = [];
  const warn = (...line: unknown[]) => void lines.push(line);
  const outcome = await maintain(job, {
    log: { info: warn, warn, error: warn },
    pool: { query: () => Promise.reject(new Error("not asked")) } as unknown as pg.Pool,
    redis: { zremrangebyscore: async () => 0 },
    queue: { add: () => Promise.reject(new Error("not asked")) },
    mailer,
    mails: mailMetrics(registry),
    stack: "test",
  }).catch((error: unknown) => error);
  const counted = (await registry.metrics()).split("\n").filter((line) => line.startsWith("mails_total{"));
  return { outcome, counted, logged: JSON.stringify(lines) };
}

const job = {
  id: "outbox-1",
  name: "email",
  data: { template: "welcome", to: "ada@example.com", name: "Ada" },
};
const mailerThat = (send: Mailer["send"]): Mailer => ({ send, close: () => undefined });

describe("a mail", () => {
  it("is sent under its job's id", async () => {
    const send = vi.fn(async () => undefined);
    const { counted } = await run(job, mailerThat(send));
    expect(send).toHaveBeenCalledWith("outbox-1", job.data);
    expect(counted).toEqual(['mails_total{template="welcome",outcome="sent"} 1']);
  });

  it("is tried again after a failure that may pass, and no address is logged", async () => {
    const failure = Object.assign(new Error("451 try ada@example.com later"), {
      code: "EENVELOPE",
      responseCode: 451,
    });
    const { outcome, counted, logged } = await run(
      job,
      mailerThat(() => Promise.reject(failure)),
    );
    expect(outcome).not.toBeInstanceOf(UnrecoverableError);
    expect(outcome).toMatchObject({ message: "the mail server did not take the mail" });
    expect(counted).toEqual(['mails_total{template="welcome",outcome="failed"} 1']);
    expect(logged).toContain('"responseCode":451');
    expect(logged).not.toContain("ada@example.com");
  });

  it("is given up when the server refuses it", async () => {
    const { outcome, counted } = await run(
      job,
      mailerThat(() => Promise.reject(new MailRefused("no"))),
    );
    expect(outcome).toBeInstanceOf(UnrecoverableError);
    expect(counted).toEqual(['mails_total{template="welcome",outcome="refused"} 1']);
  });

  it("is dropped where no mail server is named", async () => {
    const { outcome, counted } = await run(job, undefined);
    expect([outcome, counted]).toEqual([undefined, ['mails_total{template="welcome",outcome="dropped"} 1']]);
  });

  it("that does not fit its schema is given up", async () => {
    const { outcome } = await run(
      { ...job, data: { ...job.data, to: "nobody" } },
      mailerThat(async () => undefined),
    );
    expect(outcome).toBeInstanceOf(UnrecoverableError);
  });
});

describe("maintenance", () => {
  it("gives up work that this release does not know", async () => {
    expect((await run({ id: "1", name: "dance", data: {} }, undefined)).outcome).toBeInstanceOf(
      UnrecoverableError,
    );
  });

  it("reports to nobody where no mail server is named", async () => {
    expect((await run({ id: "1", name: "report", data: {} }, undefined)).outcome).toBe(0);
  });

  it("writes the wanted schedules and removes the others", async () => {
    const calls: string[] = [];
    await arrangeSchedules(
      {
        upsertJobScheduler: async (name: string, { pattern, tz }: { pattern?: string; tz?: string }) => {
          calls.push(`${name} at ${pattern} ${tz}`);
          return undefined as never;
        },
        getJobSchedulers: async () =>
          [
            { key: "a", name: "a" },
            { key: "old", name: "old" },
          ] as never,
        removeJobScheduler: async (name: string) => {
          calls.push(`no ${name}`);
          return true;
        },
      },
      { a: "1 * * * *" },
    );
    expect(calls).toEqual(["a at 1 * * * * UTC", "no old"]);
  });
});
