/** Requests that nobody honest sends. */
import { expect, it } from "vitest";
import { roomsAnswer } from "../../../services/contract/rooms";
import {
  type CallOptions,
  call,
  expectAnswer,
  expectNothingInternal,
  expectProblem,
  isProxyRefusal,
  type Reply,
} from "./call";
import { guest, nothing, type Person } from "./people";
import { exchange } from "./raw";
import type { ContractTarget } from "./target";
import { badTokens } from "./tokens";

/** Rows that a refused request must not add to. */
const counted = [
  "users",
  "sessions",
  "rooms",
  "room_members",
  "messages",
  "files",
  "idempotency_keys",
  "payments",
];

export function rowsStored(target: ContractTarget): Promise<string> {
  return target
    .inside()
    .sql(`SELECT ${counted.map((table) => `(SELECT count(*) FROM ${table})`).join(", ")}`);
}

const megabytes = (count: number) => "x".repeat(count * 1024 * 1024);
const json = { "content-type": "application/json" };
const nested = (depth: number) => `{"name":${"[".repeat(depth)}${"]".repeat(depth)}}`;

/** Bodies of POST /v1/rooms, by what is wrong with them, and the code that they are answered with. */
const badBodies: Record<string, readonly [code: Parameters<typeof expectProblem>[1], options: CallOptions]> =
  {
    "half an object": ["malformed_body", { raw: '{"name":"x"', headers: json }],
    "two objects": ["malformed_body", { raw: '{"name":"x"}{"name":"y"}', headers: json }],
    "single quotes": ["malformed_body", { raw: "{'name':'x'}", headers: json }],
    "a trailing comma": ["malformed_body", { raw: '{"name":"x",}', headers: json }],
    "not a number": ["malformed_body", { raw: '{"name":NaN}', headers: json }],
    "an empty body": ["malformed_body", { raw: "", headers: json }],
    "raw bytes": ["malformed_body", { raw: Buffer.from([0xff, 0xfe, 0x00, 0x7b]), headers: json }],
    "a raw NUL": ["malformed_body", { raw: '{"name":"\u0000"}', headers: json }],
    __proto__: ["malformed_body", { raw: '{"name":"x","__proto__":{"admin":true}}', headers: json }],
    "__proto__, escaped": [
      "malformed_body",
      { raw: '{"name":"x","\\u005f_proto__":{"admin":true}}', headers: json },
    ],
    "constructor.prototype": [
      "malformed_body",
      { raw: '{"name":"x","constructor":{"prototype":{"admin":true}}}', headers: json },
    ],
    "deep nesting": ["validation_failed", { raw: nested(5_000), headers: json }],
    "an escaped NUL": ["validation_failed", { raw: '{"name":"a\\u0000b"}', headers: json }],
    "a huge number": ["validation_failed", { raw: '{"name":1e999}', headers: json }],
    "a huge negative number": ["validation_failed", { raw: `{"name":-${"9".repeat(400)}}`, headers: json }],
    "a list": ["validation_failed", { raw: '["x"]', headers: json }],
    null: ["validation_failed", { raw: "null", headers: json }],
    text: ["validation_failed", { raw: '"x"', headers: json }],
    "many unknown keys": [
      "validation_failed",
      { body: Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`key${index}`, 1])) },
    ],
    "an operator": ["validation_failed", { body: { name: { $gt: "" } } }],
    "10 MB": ["body_too_large", { body: { name: megabytes(10) } }],
    "a form": [
      "unsupported_media_type",
      { raw: "name=x", headers: { "content-type": "application/x-www-form-urlencoded" } },
    ],
    "plain text": [
      "unsupported_media_type",
      { raw: '{"name":"x"}', headers: { "content-type": "text/plain" } },
    ],
    XML: [
      "unsupported_media_type",
      {
        raw: '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        headers: { "content-type": "application/xml" },
      },
    ],
    multipart: [
      "unsupported_media_type",
      { raw: "--x\r\n\r\nx\r\n--x--", headers: { "content-type": "multipart/form-data; boundary=x" } },
    ],
    "no media type": ["unsupported_media_type", { raw: '{"name":"x"}' }],
    "a media type that is none": [
      "unsupported_media_type",
      { raw: '{"name":"x"}', headers: { "content-type": "<>" } },
    ],
  };

/** Sends every bad body once. */
export async function sendBadBodies(person: Person): Promise<void> {
  for (const [what, [code, options]] of Object.entries(badBodies))
    expectProblem(await person.call("POST", "/v1/rooms", options), code, what);
}

export function describeBadRequests(target: ContractTarget): void {
  const leavesNothing = async (work: () => Promise<unknown>): Promise<void> => {
    const before = await rowsStored(target);
    await work();
    expect(await rowsStored(target)).toBe(before);
  };

  it(`refuses ${Object.keys(badBodies).length} bad bodies with the right code, and stores nothing of them`, async () => {
    const person = await guest(target);
    await leavesNothing(() => sendBadBodies(person));
    expect(expectAnswer(await person.get("/v1/rooms"), 200, roomsAnswer).rooms).toEqual([]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it("refuses expired and forged tokens", async () => {
    const person = await guest(target);
    const bad = badTokens(person.token, await target.inside().tokenKey());
    await leavesNothing(async () => {
      for (const [what, token] of Object.entries(bad))
        expectProblem(
          await call(target, "POST", "/v1/rooms", { token, body: { name: "x" } }),
          "unauthorized",
          what,
        );
      const headers = [
        "",
        "Bearer",
        "Bearer ",
        "Basic YWRtaW46YWRtaW4=",
        `Token ${person.token}`,
        person.token,
      ];
      for (const authorization of [
        ...headers,
        `Bearer ${person.token} ${person.token}`,
        `Bearer ${megabytes(0.01)}`,
      ])
        expectProblem(
          await call(target, "GET", "/v1/me", { headers: { authorization } }),
          "unauthorized",
          authorization,
        );
      expectProblem(await call(target, "GET", `/v1/me?token=${person.token}`), "unauthorized");
      // A refresh token is no access token.
      expectProblem(
        await call(target, "GET", "/v1/me", { token: person.session.refreshToken }),
        "unauthorized",
      );
    });
  });

  it("refuses bad paths and methods, without a word about the machine", async () => {
    const person = await guest(target);
    const paths = [
      "/v1",
      "/v1/",
      "/v1/nowhere",
      "/.env",
      "/.git/config",
      "/v1/rooms/",
      "/admin",
      "/v1//me",
      "/metrics",
    ];
    for (const path of [
      ...paths,
      "/v1/../../etc/passwd",
      "/%2e%2e/%2e%2e/etc/passwd",
      "/v1/rooms/..%2f..%2fme",
    ]) {
      const reply = await person.get(path);
      expect([400, 404], `${path}: ${reply.status}`).toContain(reply.status);
      expect(reply.text).not.toContain("root:");
    }
    // An escape without its digits is no URL: Caddy refuses it itself, and Fastify where no proxy is in front.
    const noUrl = await person.call("GET", "/v1/%zz", { noHttp: true });
    if (!isProxyRefusal(noUrl)) expectProblem(noUrl, "bad_request");
    expectProblem(await person.get(`/v1/rooms/${"x".repeat(90)}`), "validation_failed");
    expectProblem(await person.get(`/v1/rooms/${"x".repeat(4_000)}`), "bad_request");
    for (const method of ["PUT", "DELETE", "PATCH"])
      expectProblem(await person.call(method, "/v1/rooms"), "route_not_found", method);
    expectProblem(await person.call("TRACE", "/v1/me"), "route_not_found");
  });

  it("refuses headers that are too large and requests that are no HTTP", async () => {
    const { host, hostname } = new URL(target.api);
    const head = (line: string) =>
      `GET /v1/me HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${line}\r\n\r\n`;
    const statusOf = (answer: string) => Number(/^HTTP\/1\.[01] (\d+)/.exec(answer)?.[1]);
    const raw: Record<string, readonly [number[], string]> = {
      "huge headers": [[400, 431], head(`X-Large: ${megabytes(2)}`)],
      "very many headers": [
        [400, 401, 431],
        head(Array.from({ length: 5_000 }, (_, n) => `X-${n}: y`).join("\r\n")),
      ],
      "a header without a name": [[400], head(": x")],
      "no HTTP": [[400], "EHLO example.com\r\n\r\n"],
      "no host": [[400], "GET /v1/me HTTP/1.1\r\nConnection: close\r\n\r\n"],
      "two lengths": [[400], head("Content-Length: 5\r\nContent-Length: 6")],
      "a negative length": [[400], head("Content-Length: -1")],
      "a length and chunks": [
        [400, 401, 404],
        head("Transfer-Encoding: chunked\r\nContent-Length: 5").concat("0\r\n\r\n"),
      ],
    };
    for (const [what, [expected, bytes]] of Object.entries(raw)) {
      const answer = await exchange(target, target.api, bytes);
      // A connection that is cut without a word is an answer, too.
      if (answer !== "") expect(expected, `${what}: ${answer.slice(0, 200)}`).toContain(statusOf(answer));
      expectNothingInternal(answer, hostname);
    }
  });

  it("shows nobody what belongs to somebody else", async () => {
    const [owner, other] = [await guest(target), await guest(target)];
    const { id } = await owner.room("private");
    await owner.message(id, "between us");
    const job = await owner.job();
    await leavesNothing(async () => {
      const attempts: Promise<Reply>[] = [
        ...["", "/messages", "/members"].map((rest) => other.get(`/v1/rooms/${id}${rest}`)),
        other.post(`/v1/rooms/${id}/messages`, { body: "x" }),
        other.post(`/v1/rooms/${id}/members`, {}),
        other.patch(`/v1/rooms/${id}`, { name: "mine" }),
        other.patch(`/v1/rooms/${id}/members/${other.id}`, { role: "owner" }),
        other.delete(`/v1/rooms/${id}/members/${owner.id}`),
      ];
      const there = await Promise.all(attempts);
      for (const reply of there) expectProblem(reply, "room_not_found");
      // It looks like a room that does not exist.
      const absent = await other.get(`/v1/rooms/${nothing}`);
      expect(there[0]?.text.replaceAll(id, nothing).replace(/"requestId":"[^"]*"/, "")).toBe(
        absent.text.replace(/"requestId":"[^"]*"/, ""),
      );
      for (const [method, path] of [
        ["GET", `/v1/jobs/${job}`],
        ["POST", `/v1/jobs/${job}/cancel`],
      ] as const)
        expectProblem(await other.call(method, path), "job_not_found");
    });
  });

  it("keeps text with lone surrogates the same for everybody, or refuses it", async () => {
    const person = await guest(target);
    const { id } = await person.room();
    const reply = await person.call("POST", `/v1/rooms/${id}/messages`, {
      raw: '{"body":"a\\ud800b"}',
      headers: json,
    });
    if (reply.status === 400) expectProblem(reply, "validation_failed");
    else {
      const stored = Object((await person.get(`/v1/rooms/${id}/messages`)).body).messages[0];
      expect(reply.body).toEqual(stored);
    }
  });
}
