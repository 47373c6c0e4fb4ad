import { describe, expect, it } from "vitest";
import { mostLevels } from "../../../../../../services/api/plugins/json-bodies";
import type { JobQueue, JobRequest } from "../../../../../../services/runtime/jobs";
import { type AuditEntry, createAudit } from "../../../../../../services/runtime/store/audit";
import { StoreUnavailable } from "../../../../../../services/runtime/unavailable";
import { memoryJobs } from "../../fakes/jobs";
import { ada, bob, nounsApi } from "../../fakes/nouns";
import { now } from "../../fakes/time";

const missing = "00000000-0000-4000-8000-000000000000";

async function jobsApi(replaced: Partial<JobQueue> = {}) {
  const enqueued: JobRequest[] = [];
  const audited: AuditEntry[] = [];
  const told: string[] = [];
  const { as } = await nounsApi({
    jobs: { ...memoryJobs(enqueued), ...replaced },
    audit: { record: async (entry) => void audited.push(entry) },
    publisher: {
      message: () => undefined,
      room: () => undefined,
      memberRemoved: () => undefined,
      job: (userId, { id, state }) => void told.push(`${userId} ${id} ${state}`),
    },
  });
  const start = async (value: unknown = null): Promise<string> =>
    (await as(ada)("POST", "/v1/jobs", { kind: "echo", input: { value } })).body.id;
  return { as, start, enqueued, audited, told };
}

describe("POST /v1/jobs", () => {
  it("queues a job with its owner, request id and filled-in input", async () => {
    const { as, enqueued, audited } = await jobsApi();
    const headers = { "idempotency-key": "k-3", "x-request-id": "r-3" };
    const answer = await as(ada)("POST", "/v1/jobs", { kind: "echo", input: { value: { a: 1 } } }, headers);
    expect([answer.status, answer.body]).toEqual([202, { id: answer.body.id, state: "queued" }]);
    expect(enqueued).toEqual([
      {
        userId: ada.id,
        kind: "echo",
        priority: "normal",
        input: { value: { a: 1 }, steps: 1, stepMilliseconds: 0 },
        requestId: "r-3",
        key: "k-3",
      },
    ]);
    const entry = { userId: ada.id, action: "job.created", target: answer.body.id, detail: { kind: "echo" } };
    expect(audited).toMatchObject([entry]);
  });

  it("makes one job under one Idempotency-Key, recorded once, and refuses another under it", async () => {
    const { as, enqueued, audited } = await jobsApi();
    const post = (kind: string) => as(ada)("POST", "/v1/jobs", { kind }, { "idempotency-key": "k" });
    const first = await post("echo");
    const second = await post("echo");
    expect([second.status, second.body, second.headers["idempotent-replayed"]]).toEqual([
      202,
      first.body,
      "true",
    ]);
    expect((await post("report")).refusal).toEqual([422, "idempotency_key_reused"]);
    expect([enqueued.length, audited.length]).toEqual([1, 1]);
  });

  it("refuses an unknown kind with the list of kinds", async () => {
    const { as, enqueued } = await jobsApi();
    const { status, body } = await as(ada)("POST", "/v1/jobs", { kind: "mine" });
    expect([status, body]).toMatchObject([
      422,
      {
        code: "unknown_job_kind",
        detail: "There is no kind of job 'mine'; there are echo, report.",
        kinds: ["echo", "report"],
      },
    ]);
    expect(enqueued).toEqual([]);
  });

  it("names the place of a mistake in the input", async () => {
    const { as, enqueued } = await jobsApi();
    const { status, body } = await as(ada)("POST", "/v1/jobs", {
      kind: "echo",
      input: { steps: 0, more: 1 },
    });
    expect([status, body.errors.map(({ path }: { path: string }) => path)]).toEqual([
      400,
      ["body.input.steps", "body.input"],
    ]);
    expect(enqueued).toEqual([]);
  });

  it("takes input that is nested deeply, and refuses what would exhaust the stack", async () => {
    const { as, enqueued } = await jobsApi();
    const post = (levels: number) =>
      as(ada)(
        "POST",
        "/v1/jobs",
        `{"kind":"echo","input":{"value":${"[".repeat(levels)}${"]".repeat(levels)}}}`,
        { "content-type": "application/json" },
      );
    // Two levels are the body's and the input's own.
    expect((await post(mostLevels - 2)).status).toBe(202);
    for (const levels of [mostLevels - 1, 20_000]) {
      const { status, body } = await post(levels);
      expect([status, body.code, body.errors]).toEqual([
        400,
        "validation_failed",
        [{ path: "body", message: "arrays and objects may be nested 64 levels deep at most" }],
      ]);
    }
    expect(enqueued).toHaveLength(1);
  });

  it("needs PostgreSQL for nothing: a job is taken while the audit table cannot be written, which is logged", async () => {
    const logged: unknown[] = [];
    const away = new Error("connect ECONNREFUSED");
    const audit = createAudit(
      { query: () => Promise.reject(away) },
      { error: (fields: object) => void logged.push(fields) },
    );
    const { as } = await nounsApi({ audit });
    const { status, body } = await as(ada)("POST", "/v1/jobs", { kind: "echo" });
    expect([status, body.state]).toEqual([202, "queued"]);
    const entry = { action: "job.created", target: body.id };
    expect(logged).toMatchObject([{ err: away, audit: entry }]);
    const { status: cancelled } = await as(ada)("POST", `/v1/jobs/${body.id}/cancel`);
    expect([cancelled, logged.length]).toEqual([200, 2]);
  });

  it("is store_unavailable while Redis is away, and needs a token", async () => {
    const enqueue = () => Promise.reject(new StoreUnavailable("redis", new Error("gone")));
    const { as, audited } = await jobsApi({ enqueue });
    expect((await as(ada)("POST", "/v1/jobs", { kind: "echo" })).refusal).toEqual([503, "store_unavailable"]);
    expect((await as(undefined)("POST", "/v1/jobs", { kind: "echo" })).refusal).toEqual([
      401,
      "unauthorized",
    ]);
    expect(audited).toEqual([]);
  });
});

describe("GET /v1/jobs/:id", () => {
  it("tells the state of a job to its owner alone", async () => {
    const { as, start } = await jobsApi();
    const id = await start();
    const { status, body } = await as(ada)("GET", `/v1/jobs/${id}`);
    const job = { id, kind: "echo", state: "queued", priority: "normal", progress: 0, createdAt: now };
    expect([status, body]).toEqual([200, job]);
    expect((await as(bob)("GET", `/v1/jobs/${id}`)).refusal).toEqual([404, "job_not_found"]);
    expect((await as(ada)("GET", `/v1/jobs/${missing}`)).refusal).toEqual([404, "job_not_found"]);
    expect((await as(ada)("GET", "/v1/jobs/first")).refusal).toEqual([400, "validation_failed"]);
  });
});

describe("GET /v1/jobs", () => {
  it("lists the caller's jobs page by page, newest first, and those of one state", async () => {
    const { as, start } = await jobsApi();
    const ids = [await start(1), await start(2), await start(3)];
    await as(ada)("POST", `/v1/jobs/${ids[1]}/cancel`);
    const list = async (query: string) => {
      const { status, body } = await as(ada)("GET", `/v1/jobs?${query}`);
      return [status, body.jobs.map(({ id }: { id: string }) => ids.indexOf(id)), body.next];
    };
    expect(await list("")).toEqual([200, [2, 1, 0], null]);
    expect(await list("limit=2")).toEqual([200, [2, 1], ids[1]]);
    expect(await list(`limit=2&after=${ids[1]}`)).toEqual([200, [0], null]);
    expect(await list("state=cancelled")).toEqual([200, [1], null]);
    expect((await as(bob)("GET", "/v1/jobs")).body).toEqual({ jobs: [], next: null });
  });

  it("refuses a bad page, a state that is none, and callers without a token", async () => {
    const { as } = await jobsApi();
    for (const query of ["limit=0", "limit=101", "limit=x", "after=first", "state=asleep", "page=2"]) {
      expect((await as(ada)("GET", `/v1/jobs?${query}`)).refusal, query).toEqual([400, "validation_failed"]);
    }
    expect((await as(undefined)("GET", "/v1/jobs")).refusal).toEqual([401, "unauthorized"]);
  });

  it("is store_unavailable while Redis is away", async () => {
    const list = () => Promise.reject(new StoreUnavailable("redis", new Error("gone")));
    const { as } = await jobsApi({ list });
    expect((await as(ada)("GET", "/v1/jobs")).refusal).toEqual([503, "store_unavailable"]);
  });
});

describe("POST /v1/jobs/:id/cancel", () => {
  it("cancels a job, records it, and tells its owner's windows", async () => {
    const { as, start, audited, told } = await jobsApi();
    const id = await start();
    const { status, body } = await as(ada)("POST", `/v1/jobs/${id}/cancel`);
    expect([status, body]).toMatchObject([200, { id, kind: "echo", state: "cancelled", progress: 0 }]);
    expect((await as(ada)("GET", `/v1/jobs/${id}`)).body).toEqual(body);
    expect(audited.at(-1)).toMatchObject({
      userId: ada.id,
      action: "job.cancelled",
      target: id,
      detail: { kind: "echo" },
    });
    expect(told).toEqual([`${ada.id} ${id} cancelled`]);
  });

  it("refuses a job that has ended, without a further trace", async () => {
    const { as, start, audited, told } = await jobsApi();
    const id = await start();
    await as(ada)("POST", `/v1/jobs/${id}/cancel`);
    expect((await as(ada)("POST", `/v1/jobs/${id}/cancel`)).refusal).toEqual([409, "job_ended"]);
    expect([audited.length, told.length]).toEqual([2, 1]);
  });

  it("refuses other people's jobs as those that are not there, ids that are none, and callers without a token", async () => {
    const { as, start, told } = await jobsApi();
    const id = await start();
    const refusal = async (user: typeof ada | undefined, job: string) =>
      (await as(user)("POST", `/v1/jobs/${job}/cancel`)).refusal;
    expect(await refusal(bob, id)).toEqual([404, "job_not_found"]);
    expect(await refusal(ada, missing)).toEqual([404, "job_not_found"]);
    expect(await refusal(ada, "first")).toEqual([400, "validation_failed"]);
    expect(await refusal(undefined, id)).toEqual([401, "unauthorized"]);
    expect((await as(ada)("GET", `/v1/jobs/${id}`)).body.state).toBe("queued");
    expect(told).toEqual([]);
  });
});
