import { describe, expect, it } from "vitest";
import { guestRequest } from "../../../../services/contract/accounts";
import { clientFrame } from "../../../../services/contract/frames";
import { jobInputs, jobKinds, jobRequest } from "../../../../services/contract/jobs";
import { Problem, problemSchema, problems } from "../../../../services/contract/problems";
import { messageRequest, messagesQuery, roomRequest } from "../../../../services/contract/rooms";

const room = "6f0b4f1e-93a8-4c88-9a53-6f0f4a0f8a11";

describe("request schemas", () => {
  it("trim names and refuse empty, long and unknown fields", () => {
    expect(roomRequest.parse({ name: "  Lobby " })).toEqual({ name: "Lobby", visibility: "public" });
    for (const bad of [
      {},
      { name: " " },
      { name: "x".repeat(121) },
      { name: 7 },
      { name: "a", owner: "b" },
    ]) {
      expect(roomRequest.safeParse(bad).success, JSON.stringify(bad)).toBe(false);
    }
  });

  it("refuse the NUL character and half surrogate pairs, which PostgreSQL cannot store", () => {
    for (const bad of ["a\0b", "a\ud800b", "\udc00", "\ude00\ud83d"]) {
      expect(messageRequest.safeParse({ body: bad }).success, JSON.stringify(bad)).toBe(false);
      expect(guestRequest.safeParse({ name: bad }).success, JSON.stringify(bad)).toBe(false);
    }
    expect(messageRequest.parse({ body: "\ud83d\ude00" })).toEqual({ body: "😀" });
  });

  it("read paging from text, with defaults and bounds", () => {
    expect(messagesQuery.parse({})).toEqual({ after: 0, limit: 50 });
    expect(messagesQuery.parse({ after: "7", limit: "200" })).toEqual({ after: 7, limit: 200 });
    for (const bad of [{ limit: "0" }, { limit: "201" }, { after: "-1" }, { after: "x" }, { page: "2" }]) {
      expect(messagesQuery.safeParse(bad).success, JSON.stringify(bad)).toBe(false);
    }
  });

  it("fill in a job's input", () => {
    expect(jobRequest.parse({ kind: "echo" })).toEqual({ kind: "echo", input: {}, priority: "normal" });
    expect(jobInputs.echo.parse({})).toEqual({ value: null, steps: 1, stepMilliseconds: 0 });
    expect(jobInputs.echo.safeParse({ steps: 100, stepMilliseconds: 3_001 }).success).toBe(false);
    expect(jobInputs.report.safeParse({ rooms: ["lobby"] }).success).toBe(false);
  });

  it("know the same kinds of job as there are inputs", () => {
    expect([...jobKinds].sort()).toEqual(Object.keys(jobInputs).sort());
  });
});

describe("client frames", () => {
  it("are told apart by their type and take no further field", () => {
    expect(clientFrame.parse({ type: "join", room })).toEqual({ type: "join", room });
    expect(clientFrame.parse({ type: "message", room, body: " hi " })).toEqual({
      type: "message",
      room,
      body: "hi",
    });
    for (const bad of [
      {},
      { type: "shout", room },
      { type: "join", room: "lobby" },
      { type: "join", room, force: true },
      { type: "message", room, body: "x".repeat(4_001) },
      { type: "auth", token: "" },
    ]) {
      expect(clientFrame.safeParse(bad).success, JSON.stringify(bad)).toBe(false);
    }
  });
});

describe("problems", () => {
  it("carry type, title, status, detail and code", () => {
    expect(new Problem("room_not_found", "There is no room x.").toBody("r1")).toEqual({
      type: "urn:backline:problem:room_not_found",
      title: "No such room",
      status: 404,
      detail: "There is no room x.",
      code: "room_not_found",
      requestId: "r1",
    });
  });

  it("match their own schema, with an error status each", () => {
    for (const code of Object.keys(problems).filter(
      (name): name is keyof typeof problems => name in problems,
    )) {
      const body = problemSchema.parse(new Problem(code, "why").toBody());
      expect(body.status).toBeGreaterThanOrEqual(400);
    }
  });
});
