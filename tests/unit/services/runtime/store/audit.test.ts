import { describe, expect, it } from "vitest";
import { createAudit } from "../../../../../services/runtime/store/audit";

const entry = { action: "user.sign_in_failed", detail: { email: "ada@example.com" } } as const;

describe("the audit table", () => {
  it("gets a row with null for what is not known", async () => {
    const rows: unknown[] = [];
    const pool = { query: async (_statement: string, values: unknown[]) => void rows.push(values) };
    const audit = createAudit(Object.assign(Object.create(null), pool), { error: () => undefined });
    await audit.record({ ...entry, requestId: "r-1", address: "203.0.113.7" });
    expect(rows).toEqual([
      [null, "user.sign_in_failed", null, "r-1", "203.0.113.7", '{"email":"ada@example.com"}'],
    ]);
  });

  it("has its entry in the log when it cannot be written, and the caller goes on", async () => {
    const lines: unknown[] = [];
    const error = new Error("connect ECONNREFUSED");
    const pool = { query: () => Promise.reject(error) };
    const audit = createAudit(Object.assign(Object.create(null), pool), {
      error: (line: unknown) => void lines.push(line),
    });
    await audit.record(entry);
    expect(lines).toEqual([{ err: error, audit: entry }]);
  });
});
