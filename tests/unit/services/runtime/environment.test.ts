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
    });
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
      `REDIS_PASSWORD_FILE names the file ${file("empty")}, which is empty.`,
    ]);
  });

  it("does not ask the worker for a traffic port or a signing key", () => {
    const { PORT: _port, JWT_SECRET_FILE: _key, ...rest } = good;
    expect(readEnvironment(environments.worker, rest).REDIS_HOST).toBe("redis");
  });

  it("splits the allowed origins", () => {
    const source = { ...good, ALLOWED_ORIGINS: "https://a.example.com, http://127.0.0.1:5173" };
    expect(readEnvironment(environments.api, source).ALLOWED_ORIGINS).toEqual([
      "https://a.example.com",
      "http://127.0.0.1:5173",
    ]);
  });
});
