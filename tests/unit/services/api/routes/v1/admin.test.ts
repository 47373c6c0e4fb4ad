import { describe, expect, it } from "vitest";
import { memoryJobs } from "../../fakes/jobs";
import { ada, nounsApi } from "../../fakes/nouns";
import { now } from "../../fakes/time";

describe("GET /v1/admin/statistics", () => {
  it("shows administrators the figures and the jobs by state", async () => {
    const { as } = await nounsApi({
      role: "admin",
      jobs: { ...memoryJobs([]), counts: async () => ({ waiting: 6 }) },
    });
    const answer = await as(ada)("GET", "/v1/admin/statistics");
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        takenAt: now,
        users: 3,
        guests: 1,
        rooms: 0,
        messages: 5,
        messagesLastDay: 4,
        sessions: 2,
        jobs: { waiting: 6 },
      },
    ]);
  });

  it("is forbidden to users, and needs a token", async () => {
    const { as } = await nounsApi();
    expect((await as(ada)("GET", "/v1/admin/statistics")).refusal).toEqual([403, "forbidden"]);
    expect((await as(undefined)("GET", "/v1/admin/statistics")).refusal).toEqual([401, "unauthorized"]);
  });
});
