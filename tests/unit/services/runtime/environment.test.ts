import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EnvironmentError, environments, readEnvironment } from "../../../../services/runtime/environment";

const directory = mkdtempSync(join(tmpdir(), "backline-environment-"));
const file = (name: string) => join(directory, name);

beforeAll(() => {
  writeFileSync(file("password"), "s3cret\n");
  writeFileSync(file("jwt"), "k".repeat(32));
  writeFileSync(file("short"), "k".repeat(31));
  writeFileSync(file("empty"), "\n");
  writeFileSync(file("chains"), '{"base": ["https://rpc.example.com/K3Y"]}\n');
  writeFileSync(file("chains-wrong"), '{"base": ["https://rpc.example.com/K3Y", "K3Y"], "solana": []}');
  writeFileSync(file("chains-broken"), '{"base": ["https://rpc.example.com/K3Y"]');
});
afterAll(() => rmSync(directory, { recursive: true }));

const good = {
  PORT: "3000",
  POSTGRES_HOST: "postgres",
  POSTGRES_DATABASE: "backline",
  POSTGRES_USER: "backline",
  POSTGRES_PASSWORD_FILE: file("password"),
  REDIS_HOST: "redis",
  REDIS_PASSWORD_FILE: file("password"),
  JWT_SECRET_FILE: file("jwt"),
};

function problemsOf(source: NodeJS.ProcessEnv): readonly string[] {
  try {
    readEnvironment(environments.api, source);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems;
    throw error;
  }
  return [];
}

describe("readEnvironment", () => {
  it("fills in defaults, turns numbers into numbers and reads secrets without their line end", () => {
    expect(readEnvironment(environments.api, good)).toEqual({
      PORT: 3000,
      METRICS_PORT: 3090,
      HEALTH_PORT: 3091,
      POSTGRES_HOST: "postgres",
      POSTGRES_PORT: 5432,
      POSTGRES_DATABASE: "backline",
      POSTGRES_USER: "backline",
      POSTGRES_PASSWORD_FILE: "s3cret",
      POSTGRES_POOL_SIZE: 10,
      REDIS_HOST: "redis",
      REDIS_PORT: 6379,
      REDIS_PASSWORD_FILE: "s3cret",
      JWT_SECRET_FILE: "k".repeat(32),
      DRAIN_SECONDS: 20,
      LOG_LEVEL: "info",
      STACK: "dev",
      VERSION: "unknown",
      ALLOWED_ORIGINS: [],
      STORAGE_REGION: "auto",
      RATE_LIMIT_USER: 30_000,
      RATE_LIMIT_ADDRESS: 60_000,
    });
  });

  it("takes a second signing key, with or without the time of its end", () => {
    const second = { ...good, JWT_OTHER_SECRET_FILE: file("jwt") };
    const { ws } = environments;
    expect(readEnvironment(ws, second)).toMatchObject({ JWT_OTHER_SECRET_FILE: "k".repeat(32) });
    const until = "2030-01-31T12:45:00Z";
    expect(readEnvironment(ws, { ...second, JWT_OTHER_SECRET_UNTIL: until })).toMatchObject({
      JWT_OTHER_SECRET_UNTIL: new Date(until),
    });
    expect(problemsOf({ ...second, JWT_OTHER_SECRET_UNTIL: "tomorrow" })).toEqual([
      "JWT_OTHER_SECRET_UNTIL must be a time such as 2030-01-31T12:00:00Z.",
    ]);
  });

  it("takes an object store whole or not at all", () => {
    const store = {
      STORAGE_ENDPOINT: "https://store.example.com",
      STORAGE_BUCKET: "media",
      STORAGE_ACCESS_KEY_ID: "id",
      STORAGE_SECRET_KEY_FILE: file("password"),
    };
    expect(readEnvironment(environments.api, { ...good, ...store })).toMatchObject({
      ...store,
      STORAGE_SECRET_KEY_FILE: "s3cret",
    });
    const together =
      "STORAGE_ENDPOINT, STORAGE_BUCKET, STORAGE_ACCESS_KEY_ID, STORAGE_SECRET_KEY_FILE are given together or not at all";
    expect(problemsOf({ ...good, ...store, STORAGE_BUCKET: "", STORAGE_ACCESS_KEY_ID: "" })).toEqual([
      `STORAGE_BUCKET is missing: ${together}.`,
      `STORAGE_ACCESS_KEY_ID is missing: ${together}.`,
    ]);
    const wrong = { STORAGE_ENDPOINT: "store.example.com", STORAGE_BUCKET: "a/b" };
    expect(problemsOf({ ...good, ...store, ...wrong })).toEqual([
      "STORAGE_ENDPOINT must be an http or https URL without user, query and fragment.",
      "STORAGE_BUCKET must be the name of a bucket.",
    ]);
    expect(problemsOf({ ...good, PORT: "x", STORAGE_BUCKET: "media" })).toContain(
      `STORAGE_ENDPOINT is missing: ${together}.`,
    );
  });

  it("lists everything that is missing at once", () => {
    expect(problemsOf({ POSTGRES_HOST: "" })).toEqual([
      "POSTGRES_HOST is missing. Host name of PostgreSQL.",
      "POSTGRES_DATABASE is missing. Database of the services.",
      "POSTGRES_USER is missing. Role of the services.",
      "POSTGRES_PASSWORD_FILE is missing. File with the role's password.",
      "REDIS_HOST is missing. Host name of Redis.",
      "REDIS_PASSWORD_FILE is missing. File with Redis' password.",
      "JWT_SECRET_FILE is missing. File with the key that signs access tokens (HS256), 32 bytes or more.",
      "PORT is missing. Port of the traffic listener; the worker has none and ignores it.",
    ]);
  });

  it("lists everything that is wrong at once, missing files included, and no secret", () => {
    const wrong = {
      ...good,
      PORT: "70000",
      METRICS_PORT: "ninety",
      POSTGRES_HOST: "a b",
      POSTGRES_PASSWORD_FILE: file("absent"),
      REDIS_PASSWORD_FILE: file("empty"),
      JWT_SECRET_FILE: file("short"),
      DRAIN_SECONDS: "-1",
      LOG_LEVEL: "loud",
      ALLOWED_ORIGINS: "https://app.example.com, app.example.com",
      RATE_LIMIT_USER: "many",
    };
    expect([...problemsOf(wrong)].sort()).toEqual([
      "ALLOWED_ORIGINS must be a list of origins such as https://app.example.com.",
      "DRAIN_SECONDS must be a whole number from 0 to 3600.",
      `JWT_SECRET_FILE names the file ${file("short")}, whose secret is shorter than 32 bytes.`,
      "LOG_LEVEL must be trace, debug, info, warn, error or fatal.",
      "METRICS_PORT must be a whole number from 0 to 65535.",
      "PORT must be from 0 to 65535.",
      `POSTGRES_HOST must not contain white space.`,
      `POSTGRES_PASSWORD_FILE names the file ${file("absent")}, which cannot be read (ENOENT).`,
      "RATE_LIMIT_USER must be a whole number from 0 to 100000000.",
      `REDIS_PASSWORD_FILE names the file ${file("empty")}, which is empty.`,
    ]);
  });

  it("does not ask the worker for a traffic port or a signing key", () => {
    const { PORT: _port, JWT_SECRET_FILE: _key, ...rest } = good;
    expect(readEnvironment(environments.worker, rest).REDIS_HOST).toBe("redis");
  });

  it("reads the providers of chains from their file", () => {
    const source = { ...good, CHAIN_PROVIDERS_FILE: file("chains") };
    expect(readEnvironment(environments.api, source).CHAIN_PROVIDERS_FILE).toEqual({
      base: ["https://rpc.example.com/K3Y"],
    });
  });

  it("names the chain whose providers are wrong, and never a URL", () => {
    const problems = (name: string) => problemsOf({ ...good, CHAIN_PROVIDERS_FILE: file(name) });
    const says = "CHAIN_PROVIDERS_FILE names a file whose content cannot be used";
    expect(problems("chains-wrong")).toEqual([
      `${says}: base: its second URL is no http or https URL.`,
      `${says}: solana: is not a list of 1 to 5 URLs.`,
    ]);
    expect(problems("chains-broken")).toEqual([`${says}: is not valid JSON.`]);
    expect(problems("empty")).toEqual([
      `CHAIN_PROVIDERS_FILE names the file ${file("empty")}, which is empty.`,
    ]);
  });

  it("splits the allowed origins", () => {
    const source = { ...good, ALLOWED_ORIGINS: "https://a.example.com, http://127.0.0.1:5173" };
    expect(readEnvironment(environments.api, source).ALLOWED_ORIGINS).toEqual([
      "https://a.example.com",
      "http://127.0.0.1:5173",
    ]);
  });

  describe("of mail", () => {
    const mail = { SMTP_HOST: "mail.example.com", SMTP_FROM: "Backline <no-reply@example.com>" };
    const workerProblems = (source: NodeJS.ProcessEnv): readonly string[] => {
      try {
        readEnvironment(environments.worker, { ...good, ...source });
      } catch (error) {
        if (error instanceof EnvironmentError) return error.problems;
        throw error;
      }
      return [];
    };

    it("takes a server with a sender, with and without a user", () => {
      const read = (more: NodeJS.ProcessEnv) =>
        readEnvironment(environments.worker, { ...good, ...mail, ...more });
      expect(read({})).toMatchObject({ ...mail, SMTP_PORT: 587 });
      expect(read({ SMTP_USER: "u", SMTP_PASSWORD_FILE: file("password") })).toMatchObject({
        SMTP_USER: "u",
        SMTP_PASSWORD_FILE: "s3cret",
      });
    });

    it.each([
      [{ SMTP_HOST: mail.SMTP_HOST }, "SMTP_FROM is missing, which SMTP_HOST needs."],
      [{ SMTP_FROM: mail.SMTP_FROM }, "SMTP_HOST is missing, which SMTP_FROM needs."],
      [{ ...mail, SMTP_USER: "u" }, "SMTP_PASSWORD_FILE is missing, which SMTP_USER needs."],
      [
        { ...mail, SMTP_PASSWORD_FILE: file("password") },
        "SMTP_USER is missing, which SMTP_PASSWORD_FILE needs.",
      ],
      [
        { ...mail, SMTP_FROM: "a@example.com\r\nBcc: b@example.com" },
        "SMTP_FROM must be an address such as Backline <no-reply@example.com>.",
      ],
      [{ ...mail, SMTP_PORT: "0" }, "SMTP_PORT must be from 1 to 65535."],
    ])("refuses half of it: %o", (source, problem) => {
      expect(workerProblems(source)).toEqual([problem]);
    });
  });
});
