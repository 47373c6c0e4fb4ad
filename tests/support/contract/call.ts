/** Requests to the API. Whatever the answer is, it keeps the rules that all answers keep. */
import http from "node:http";
import https from "node:https";
import { expect } from "vitest";
import type { z } from "zod";
import {
  type ProblemBody,
  type ProblemCode,
  problemMediaType,
  problemSchema,
  problems,
} from "../../../services/contract/problems";
import type { ContractTarget } from "./target";

export interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** Parsed JSON; the text where it is none. */
  readonly body: unknown;
  readonly text: string;
}

export interface CallOptions {
  readonly token?: string | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** The request is none that HTTP allows: a proxy in front of the API may refuse it before any of our code sees it. */
  readonly noHttp?: true;
}

/** What no answer may show: a stack trace, a path of the program, a statement, the name of a store's driver. */
const internals =
  /\bat .*\(.*:\d+:\d+\)|node_modules|\bSELECT |\bINSERT INTO |postgres|ioredis|bullmq|\.ts:\d+/i;

/** `allowed` is text that the client sent itself, and may be given back. */
export function expectNothingInternal(text: string, allowed = ""): void {
  const shown = allowed === "" ? text : text.replaceAll(allowed, "");
  expect(internals.exec(shown)?.[0], `leaked in: ${text.slice(0, 500)}`).toBeUndefined();
}

const agents = new WeakMap<object, { http: http.Agent; https: https.Agent }>();

function agentsOf(target: ContractTarget) {
  const client = target.client();
  const known = agents.get(client);
  if (known !== undefined) return known;
  const options = { ...client.connection, keepAlive: true, maxSockets: 16 };
  const made = { http: new http.Agent(options), https: new https.Agent(options) };
  agents.set(client, made);
  return made;
}

/** Milliseconds within which every request is answered. */
const answerTimeout = 20_000;

/** Sends one request. `path` may be any text that HTTP can carry. */
export async function call(
  target: ContractTarget,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Reply> {
  const payload = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const headers: Record<string, string> = {
    ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
    ...(payload === undefined ? {} : { "content-length": String(Buffer.byteLength(payload)) }),
    ...(options.body === undefined ? {} : { "content-type": "application/json" }),
    ...options.headers,
  };
  const reply = await send(target, method, path, headers, payload);
  if (reply.status >= 400) {
    if (options.noHttp !== true || !isProxyRefusal(reply)) problemOf(reply);
    expectNothingInternal(reply.text);
  }
  expect(reply.status, `${method} ${path}: ${reply.text.slice(0, 500)}`).not.toBe(500);
  return reply;
}

/** Bytes that are written at once, so that an answer in the middle of a large body is seen. */
const chunkBytes = 64 * 1024;

function send(
  target: ContractTarget,
  method: string,
  path: string,
  headers: Record<string, string>,
  payload: string | Buffer | undefined,
): Promise<Reply> {
  const secure = target.api.startsWith("https:");
  const { protocol, hostname, port } = new URL(target.api);
  return new Promise((resolve, reject) => {
    let answered = false;
    const request = (secure ? https : http).request(
      {
        ...{ protocol, hostname, port, method, path, headers },
        ...target.client().connection,
        agent: secure ? agentsOf(target).https : agentsOf(target).http,
      },
      (response) => {
        answered = true;
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          // What is left of the body is sent to nobody.
          if (!request.writableEnded) request.destroy();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parsed(text), text });
        });
      },
    );
    // A server that has answered may end the connection without reading on.
    request.on("error", (error) => {
      if (!answered) reject(error);
    });
    request.setTimeout(answerTimeout, () => request.destroy(new Error(`${method} ${path}: no answer`)));
    const bytes = Buffer.from(payload ?? "");
    const write = (from: number): void => {
      if (answered || request.destroyed) return;
      const more = from + chunkBytes < bytes.length;
      const chunk = bytes.subarray(from, from + chunkBytes);
      if (more) request.write(chunk, () => setImmediate(write, from + chunkBytes));
      else request.end(chunk);
    };
    write(0);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Whether it is the answer of Go's HTTP server, which Caddy is built on, to what it cannot parse; no setting changes it. */
export function isProxyRefusal({ status, headers, text }: Reply): boolean {
  const plain = headers["content-type"] === "text/plain; charset=utf-8";
  return status === 400 && plain && text === "400 Bad Request" && headers.connection === "close";
}

/** The problem in an answer, which is well formed and fits its status. */
export function problemOf(reply: Reply): ProblemBody {
  const media = String(reply.headers["content-type"]).split(";", 1)[0];
  expect(media, reply.text.slice(0, 500)).toBe(problemMediaType);
  const problem = problemSchema.strict().parse(reply.body);
  const known = Object.entries(problems).find(([code]) => code === problem.code)?.[1];
  expect(known, problem.code).toMatchObject({ status: reply.status, title: problem.title });
  expect(problem).toMatchObject({ status: reply.status, type: `urn:backline:problem:${problem.code}` });
  expect(problem.detail.length).toBeGreaterThan(0);
  return problem;
}

/** The answer is this problem, and names the request. */
export function expectProblem(reply: Reply, code: ProblemCode, what = ""): ProblemBody {
  expect([reply.status, Object(reply.body).code], `${what} ${reply.text.slice(0, 500)}`).toEqual([
    problems[code].status,
    code,
  ]);
  const problem = problemOf(reply);
  expect(reply.headers["x-request-id"]).toBe(problem.requestId);
  if (code === "unauthorized") expect(reply.headers["www-authenticate"]).toMatch(/^Bearer/);
  if (code === "validation_failed") expect(problem.errors?.length, reply.text).toBeGreaterThan(0);
  return problem;
}

/** The answer has this status, and a body with exactly what the schema says. */
export function expectAnswer<Schema extends z.ZodType>(
  reply: Reply,
  status: number,
  schema: Schema,
): z.infer<Schema> {
  expect(reply.status, reply.text.slice(0, 500)).toBe(status);
  expect(String(reply.headers["content-type"])).toMatch(/^application\/json(;|$)/);
  expect(reply.headers["x-request-id"]).toMatch(/^[\w.:-]{1,64}$/);
  const answer = schema.parse(reply.body);
  // A field that the schema does not name would have been dropped by it.
  expect(reply.body).toEqual(answer);
  return answer;
}

/** The answer is empty. */
export function expectNoContent(reply: Reply): void {
  expect([reply.status, reply.text], reply.text.slice(0, 500)).toEqual([204, ""]);
  expect(reply.headers["x-request-id"]).toMatch(/^[\w.:-]{1,64}$/);
}
