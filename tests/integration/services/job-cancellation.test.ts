import { describe, expect, it } from "vitest";
import { Client, eventually, guest } from "./harness";
import { cancel, enqueue, untilState, useJobPlatform } from "./job-platform";

const jobs = useJobPlatform();

describe("jobs", { timeout: 120_000 }, () => {
  it("that are cancelled in the queue never run", async () => {
    const [caller, stranger] = [await guest(jobs.api.url), await guest(jobs.api.url)];
    const client = await Client.join(jobs.server, caller);
    const id = await enqueue(caller, "echo", { value: "never" });
    expect(await cancel(stranger, id)).toMatchObject({ status: 404, body: { code: "job_not_found" } });
    expect(await cancel(caller, id)).toMatchObject({ status: 200, body: { id, state: "cancelled" } });
    expect(await cancel(caller, id)).toMatchObject({ status: 409, body: { code: "job_ended" } });
    const worker = await jobs.startWorker();
    const later = await enqueue(caller, "echo", { value: "later" });
    await untilState(caller, later, "completed");
    await eventually("the worker gives the job up", async () => {
      const metrics = await (await fetch(worker.metricsUrl)).text();
      expect(metrics).toContain('jobs_processed_total{kind="echo",outcome="cancelled"} 1');
      expect(metrics).not.toContain('outcome="failed"');
    });
    expect((await caller.get(`/v1/jobs/${id}`)).body).not.toHaveProperty("result");
    expect((await caller.get(`/v1/jobs/${id}`)).body.state).toBe("cancelled");
    const told = () => client.of("job").filter((frame) => frame.id === id);
    await client.until(() => told().length > 0);
    expect(told().map(({ state }) => state)).toEqual(["cancelled"]);
    await worker.end();
  });

  it("that are cancelled while they run are stopped, and stay cancelled", async () => {
    const caller = await guest(jobs.api.url);
    const worker = await jobs.startWorker();
    const client = await Client.join(jobs.server, caller);
    const id = await enqueue(caller, "echo", { value: "long", steps: 5, stepMilliseconds: 60_000 });
    await untilState(caller, id, "active");
    expect(await cancel(caller, id)).toMatchObject({ status: 200, body: { state: "cancelled" } });
    await eventually("the worker stops the job", async () => {
      const metrics = await (await fetch(worker.metricsUrl)).text();
      expect(metrics).toContain('jobs_processed_total{kind="echo",outcome="cancelled"} 1');
      expect(metrics).toContain('queue_jobs{queue="jobs",state="active"} 0');
    });
    expect((await caller.get(`/v1/jobs/${id}`)).body.state).toBe("cancelled");
    await client.until(() => client.of("job").some(({ state }) => state === "cancelled"));
    expect(client.of("job").at(-1)).toMatchObject({ id, state: "cancelled" });
    const failed = await jobs.platform.operate("jobs", "list", "--state", "failed");
    expect(JSON.stringify(failed.answer)).not.toContain(id);
    expect(await jobs.platform.operate("jobs", "retry", id)).toMatchObject({
      exitCode: 1,
      answer: { error: { code: "job_not_failed" } },
    });
    await worker.end();
  });

  it("end in one state however a cancellation and their end race", async () => {
    const caller = await guest(jobs.api.url);
    const worker = await jobs.startWorker();
    const races = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const id = await enqueue(caller, "echo", { steps: 1, stepMilliseconds: index * 2 });
        const { status } = await cancel(caller, id);
        return { id, expected: status === 200 ? "cancelled" : "completed" };
      }),
    );
    for (const { id, expected } of races) await untilState(caller, id, expected);
    await eventually("nothing runs any more", async () => {
      const metrics = await (await fetch(worker.metricsUrl)).text();
      expect(metrics).toContain('queue_jobs{queue="jobs",state="active"} 0');
      expect(metrics).toContain('queue_jobs{queue="jobs",state="prioritized"} 0');
    });
    for (const { id, expected } of races)
      expect((await caller.get(`/v1/jobs/${id}`)).body.state).toBe(expected);
    await worker.end();
  });

  it("that have ended cannot be cancelled", async () => {
    const caller = await guest(jobs.api.url);
    const worker = await jobs.startWorker();
    const id = await enqueue(caller, "echo", {});
    await untilState(caller, id, "completed");
    expect(await cancel(caller, id)).toMatchObject({ status: 409, body: { code: "job_ended" } });
    expect((await caller.get(`/v1/jobs/${id}`)).body.state).toBe("completed");
    await worker.end();
  });
});
