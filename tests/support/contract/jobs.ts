/** Jobs of users. */
import { expect } from "vitest";
import {
  type JobStatus,
  jobAccepted,
  jobAnswer,
  jobKinds,
  jobsAnswer,
  reportResult,
} from "../../../services/contract/jobs";
import { eventually } from "../client";
import { call, expectAnswer, expectProblem } from "./call";
import { describeEndpoint } from "./endpoint";
import { guest, nothing, type Person } from "./people";
import { expectBadIdentifiers, expectBadQueries } from "./rooms";
import type { ContractTarget } from "./target";

/** The job once it has ended. */
export function ended(person: Person, id: string): Promise<JobStatus> {
  return eventually(
    "the job to end",
    async () => {
      const job = expectAnswer(await person.get(`/v1/jobs/${id}`), 200, jobAnswer);
      return job.state === "queued" || job.state === "active" ? undefined : job;
    },
    60,
  );
}

export function describeJobs(target: ContractTarget): void {
  const idsOf = async (person: Person, query = "") => {
    const page = expectAnswer(await person.get(`/v1/jobs${query}`), 200, jobsAnswer);
    return { ids: page.jobs.map(({ id }) => id), next: page.next };
  };

  describeEndpoint("POST /v1/jobs", {
    async success() {
      const person = await guest(target);
      const value = { text: "'; DROP TABLE users; --", list: [1, null, true], nested: { a: "<b>" } };
      const body = { kind: "echo", input: { value }, priority: "high" };
      const { id } = expectAnswer(await person.post("/v1/jobs", body), 202, jobAccepted);
      const job = await ended(person, id);
      expect(job).toMatchObject({ id, kind: "echo", state: "completed", progress: 100, priority: "high" });
      expect(job.result).toEqual(value);
      const room = await person.room();
      await person.message(room.id, "counted");
      const report = await person.post("/v1/jobs", { kind: "report", input: { rooms: [room.id] } });
      const counted = await ended(person, expectAnswer(report, 202, jobAccepted).id);
      expect(reportResult.parse(counted.result)).toEqual({
        rooms: 1,
        messages: 1,
        busiest: { room: room.id, messages: 1 },
      });
      const key = { "idempotency-key": "once" };
      const first = await person.post("/v1/jobs", { kind: "echo" }, key);
      const again = await person.post("/v1/jobs", { kind: "echo" }, key);
      expect([again.status, again.headers["idempotent-replayed"], again.body]).toEqual([
        202,
        "true",
        first.body,
      ]);
      expect((await idsOf(person)).ids).toHaveLength(3);
    },
    async "bad input"() {
      const person = await guest(target);
      const steps = [0, -1, 101, 1.5, "1", null, 1e308, [1]];
      const pauses = [-1, 60_001, "1", null, 0.5];
      for (const body of [
        ...steps.map((count) => ({ kind: "echo", input: { steps: count } })),
        ...pauses.map((stepMilliseconds) => ({ kind: "echo", input: { stepMilliseconds } })),
        ...["urgent", 1, null].map((priority) => ({ kind: "echo", priority })),
        ...[[], "x", null, 7].map((input) => ({ kind: "echo", input })),
        ...[[], ["x"], Array.from({ length: 101 }, () => nothing)].map((rooms) => ({
          kind: "report",
          input: { rooms },
        })),
        ...["", 7, null, "x".repeat(81), "a\u0000"].map((kind) => ({ kind })),
        ...[{}, [], { kind: "echo", input: { steps: 100, stepMilliseconds: 60_000 } }],
        ...[
          { kind: "echo", input: { command: "reboot" } },
          { kind: "echo", user: nothing },
        ],
      ])
        expectProblem(
          await person.post("/v1/jobs", body),
          "validation_failed",
          JSON.stringify(body).slice(0, 80),
        );
      for (const kind of [
        "reboot",
        "Echo",
        "__proto__",
        "constructor",
        "toString",
        "echo; reboot",
        "../echo",
      ]) {
        const problem = expectProblem(await person.post("/v1/jobs", { kind }), "unknown_job_kind", kind);
        expect(problem.kinds).toEqual(jobKinds);
      }
      expect((await idsOf(person)).ids).toEqual([]);
    },
    "missing right": async () =>
      void expectProblem(await call(target, "POST", "/v1/jobs", { body: { kind: "echo" } }), "unauthorized"),
    async "wrong state"() {
      const person = await guest(target);
      const key = { "idempotency-key": "two" };
      await person.post("/v1/jobs", { kind: "echo", input: { value: 1 } }, key);
      const other = await person.post("/v1/jobs", { kind: "echo", input: { value: 2 } }, key);
      expectProblem(other, "idempotency_key_reused");
      expect((await idsOf(person)).ids).toHaveLength(1);
    },
  });

  describeEndpoint("GET /v1/jobs", {
    async success() {
      const person = await guest(target);
      const made = [];
      for (let count = 0; count < 5; count += 1) made.unshift(await person.job());
      const seen: string[] = [];
      let query = "?limit=2";
      for (let pages = 0; pages < 5; pages += 1) {
        const { ids, next } = await idsOf(person, query);
        seen.push(...ids);
        if (next === null) break;
        query = `?limit=2&after=${next}`;
      }
      expect(seen).toEqual(made);
      for (const id of made) await ended(person, id);
      expect((await idsOf(person, "?state=completed")).ids).toEqual(made);
      expect((await idsOf(person, "?state=failed")).ids).toEqual([]);
    },
    "bad input": async () =>
      expectBadQueries(await guest(target), "/v1/jobs", [
        ...[
          "limit=0",
          "limit=101",
          "limit=-1",
          "limit=x",
          "limit=NaN",
          "limit=1e999",
          "state=done",
          "state=",
        ],
        ...["after=x", "after=1", "kind=echo", "state=queued&state=active", "limit=1%00"],
      ]),
    async "missing right"() {
      expectProblem(await call(target, "GET", "/v1/jobs"), "unauthorized");
      await (await guest(target)).job();
      expect((await idsOf(await guest(target))).ids).toEqual([]);
    },
    "wrong state": async () => {
      const theirs = await (await guest(target)).job();
      const reply = await (await guest(target)).get(`/v1/jobs?after=${theirs}`);
      if (reply.status === 200)
        expect(expectAnswer(reply, 200, jobsAnswer)).toEqual({ jobs: [], next: null });
      else expectProblem(reply, "validation_failed");
    },
  });

  describeEndpoint("GET /v1/jobs/{id}", {
    async success() {
      const person = await guest(target);
      const job = expectAnswer(await person.get(`/v1/jobs/${await person.job(60_000)}`), 200, jobAnswer);
      expect(job).toMatchObject({ kind: "echo", priority: "normal" });
      expect(["queued", "active"]).toContain(job.state);
      expect((await person.call("POST", `/v1/jobs/${job.id}/cancel`)).status).toBe(200);
    },
    "bad input": async () => expectBadIdentifiers(await guest(target), "GET", (id) => `/v1/jobs/${id}`),
    async "missing right"() {
      const id = await (await guest(target)).job();
      expectProblem(await call(target, "GET", `/v1/jobs/${id}`), "unauthorized");
      expectProblem(await (await guest(target)).get(`/v1/jobs/${id}`), "job_not_found");
    },
    "wrong state": async () =>
      void expectProblem(await (await guest(target)).get(`/v1/jobs/${nothing}`), "job_not_found"),
  });

  describeEndpoint("POST /v1/jobs/{id}/cancel", {
    async success() {
      const person = await guest(target);
      const id = await person.job(10_000);
      await eventually("the job to run", async () => {
        const { state, progress } = expectAnswer(await person.get(`/v1/jobs/${id}`), 200, jobAnswer);
        return state === "active" && progress > 0 ? true : undefined;
      });
      const cancelled = expectAnswer(await person.call("POST", `/v1/jobs/${id}/cancel`), 200, jobAnswer);
      expect(cancelled).toMatchObject({ id, state: "cancelled" });
      expect((await ended(person, id)).state).toBe("cancelled");
      expect((await idsOf(person, "?state=cancelled")).ids).toEqual([id]);
    },
    "bad input": async () =>
      expectBadIdentifiers(await guest(target), "POST", (id) => `/v1/jobs/${id}/cancel`),
    async "missing right"() {
      const owner = await guest(target);
      const id = await owner.job(500);
      expectProblem(await call(target, "POST", `/v1/jobs/${id}/cancel`), "unauthorized");
      expectProblem(await (await guest(target)).call("POST", `/v1/jobs/${id}/cancel`), "job_not_found");
      expect((await ended(owner, id)).state).toBe("completed");
    },
    async "wrong state"() {
      const person = await guest(target);
      expectProblem(await person.call("POST", `/v1/jobs/${nothing}/cancel`), "job_not_found");
      const id = await person.job();
      await ended(person, id);
      expectProblem(await person.call("POST", `/v1/jobs/${id}/cancel`), "job_ended");
    },
  });
}
