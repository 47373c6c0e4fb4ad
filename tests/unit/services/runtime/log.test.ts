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
      user: { password: "T0P", passwordHash: "T0P" },
      body: { refreshToken: "T0P", row: { password_hash: "T0P" } },
      req: { headers: { authorization: "T0P", cookie: "T0P" } },
    });
    log.warn({ err: Object.assign(new Error("WRONGPASS"), { command: { name: "auth", args: ["T0P"] } }) });
    log.info({ body: { refreshToken: "T0P", accessToken: "T0P", newPassword: "T0P" } });
    log.info({ req: { headers: { "set-cookie": "T0P", "stripe-signature": "T0P" } } });
    const cause = Object.assign(new Error("inner"), { token: "T0P" });
    log.error({ err: Object.assign(new Error("outer"), { inner: { cause, command: { args: ["T0P"] } } }) });
    log.info({
      list: [{ deep: { secret: "T0P" } }],
      bytes: Buffer.from("kept"),
      at: new Date(0),
      none: null,
    });
    expect(lines.join("")).not.toContain("T0P");
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({
      list: [{ deep: { secret: "[redacted]" } }],
      at: "1970-01-01T00:00:00.000Z",
      none: null,
    });
    expect(JSON.parse(lines[0] ?? "").req.headers.authorization).toBe("[redacted]");
  });

  it("blanks signed links and tokens inside texts", () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const log = createLog({ service: "api", level: "info", stack: "dev", version: "1", destination });
    const link =
      "https://s3.example.com/b/k?X-Amz-Credential=AKIA%2Fx&X-Amz-Expires=3600&X-Amz-Signature=f00d";
    log.error({ err: new Error(`PUT ${link} failed`) }, `no answer from ${link}`);
    log.info("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl");
    const [first = "", second = ""] = lines;
    expect(`${first}${second}`).not.toMatch(/f00d|AKIA|eyJ/);
    expect(JSON.parse(first).msg).toBe(
      "no answer from https://s3.example.com/b/k?X-Amz-Credential=[redacted]&X-Amz-Expires=3600&X-Amz-Signature=[redacted]",
    );
    expect(JSON.parse(second).msg).toBe("Bearer [redacted]");
  });
});
