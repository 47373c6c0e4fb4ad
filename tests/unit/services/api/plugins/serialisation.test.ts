import { describe, expect, it } from "vitest";
import { z } from "zod";
import { serialiserCompiler } from "../../../../../services/api/plugins/serialisation";
import { jobsAnswer } from "../../../../../services/contract/jobs";
import { problemMediaType } from "../../../../../services/contract/problems";
import { roomsAnswer } from "../../../../../services/contract/rooms";

const text = (schema: z.ZodType, data: unknown) =>
  serialiserCompiler({ schema, method: "GET", url: "/" })(data);
const id = "6f0b4f1e-93a8-4c88-9a53-6f0f4a0f8a11";
const createdAt = "2030-01-02T03:04:05.678Z";

describe("the serialiser", () => {
  it("writes what the schema names and nothing else", () => {
    const room = { id, name: 'a "b"\n\u2028', visibility: "public", role: null, lastSeq: 3, createdAt };
    const leaky = { ...room, passwordHash: "secret" };
    expect(JSON.parse(text(roomsAnswer, { rooms: [leaky, { ...room, role: "owner" }], next: null }))).toEqual(
      {
        rooms: [room, { ...room, role: "owner" }],
        next: null,
      },
    );
  });

  it("keeps any JSON value where the schema allows it, and leaves out what is undefined", () => {
    const job = { id, kind: "echo", state: "completed", priority: "low", progress: 99.5, createdAt };
    for (const result of [{ a: [1, null, { b: "c" }] }, null, "text", 0, false])
      expect(JSON.parse(text(jobsAnswer, { jobs: [{ ...job, result }], next: id })).jobs).toEqual([
        { ...job, result },
      ]);
    expect(JSON.parse(text(jobsAnswer, { jobs: [{ ...job, result: undefined }], next: null })).jobs).toEqual([
      job,
    ]);
  });

  it("keeps records and open objects whole", () => {
    const schema = z.object({
      checks: z.record(z.string(), z.string()),
      open: z.looseObject({ a: z.number() }),
    });
    const data = { checks: { redis: "ok" }, open: { a: 1, b: [2] } };
    expect(JSON.parse(text(schema, data))).toEqual(data);
  });

  it("throws when something that must be there is not", () => {
    expect(() => text(roomsAnswer, { next: null })).toThrow("required");
  });

  it("does nothing to problems", () => {
    const compile = { schema: z.object({}), method: "GET", url: "/", contentType: problemMediaType };
    expect(serialiserCompiler(compile)({ code: "x" })).toBe('{"code":"x"}');
  });
});
