import { describe, expect, it } from "vitest";
import { createLog, instance } from "../../../../services/runtime/log";

describe("createLog", () => {
  it("writes JSON lines that name service, instance, stack and version", () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const log = createLog({ service: "api", level: "info", stack: "dev", version: "1", destination });
    log.debug("unseen");
    log.info({ jobId: "j1" }, "job completed");
    expect(lines).toHaveLength(1);
    const { time, ...fields } = JSON.parse(lines[0] ?? "");
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(fields).toEqual({
      level: "info",
      service: "api",
      instance,
      stack: "dev",
      version: "1",
      jobId: "j1",
      msg: "job completed",
    });
  });

  it("blanks secrets, nested ones too", () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const log = createLog({ service: "api", level: "info", stack: "dev", version: "1", destination });
    log.info({
      token: "T0P",
      user: { password: "T0P" },
      req: { headers: { authorization: "T0P", cookie: "T0P" } },
    });
    log.warn({ err: Object.assign(new Error("WRONGPASS"), { command: { name: "auth", args: ["T0P"] } }) });
    expect(lines.join("")).not.toContain("T0P");
    expect(JSON.parse(lines[0] ?? "").req.headers.authorization).toBe("[redacted]");
  });
});
