import { describe, expect, it } from "vitest";
import { z } from "zod";
import { problemsByShape } from "../../../../../services/api/openapi/document";
import { anonymousCreationHeaders } from "../../../../../services/api/plugins/idempotency";
import { problems } from "../../../../../services/contract/problems";
import { fakeApi } from "../fakes";

const operation = z.looseObject({
  summary: z.string().min(1),
  tags: z.array(z.string()).length(1),
  security: z.union([z.tuple([]), z.tuple([z.strictObject({ bearer: z.tuple([]) })])]),
  responses: z.record(
    z.string(),
    z.looseObject({
      description: z.string().refine((text) => text !== "Default Response"),
      content: z.record(z.string(), z.looseObject({})).optional(),
    }),
  ),
  requestBody: z.looseObject({ required: z.boolean().optional() }).optional(),
  parameters: z.array(z.looseObject({ in: z.string(), name: z.string() })).optional(),
});

const document = z.looseObject({
  openapi: z.literal("3.1.0"),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  components: z.looseObject({ schemas: z.looseObject({ Problem: z.looseObject({}) }) }),
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({}))),
});

const operationsOf = ({ paths }: z.infer<typeof document>) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, item]) => ({
      name: `${method.toUpperCase()} ${path}`,
      path,
      item,
    })),
  );

async function read() {
  const { app } = await fakeApi();
  const answer = await app.inject("/openapi.json");
  return { app, answer, body: document.parse(answer.json()), text: answer.body };
}

/** Codes that an operation names, with their status. */
const codesOf = (given: unknown): string[] =>
  Object.entries(operation.parse(given).responses).flatMap(([status, response]) =>
    [...response.description.matchAll(/`(\w+)`/g)].map((match) => `${status} ${match[1]}`),
  );

/** Problems of each operation's own: beside those that follow from its shape, and from the lack of a store. */
const ownProblems: Record<string, string[]> = {
  "POST /v1/auth/sign-up": ["email_taken"],
  "POST /v1/auth/sign-in": ["invalid_credentials"],
  "POST /v1/auth/refresh": ["invalid_refresh_token"],
  "GET /v1/rooms/{id}": ["room_not_found"],
  "PATCH /v1/rooms/{id}": ["forbidden", "room_not_found"],
  "GET /v1/rooms/{id}/members": ["not_a_member", "room_not_found"],
  "POST /v1/rooms/{id}/members": ["already_a_member", "forbidden", "room_not_found", "user_not_found"],
  "PATCH /v1/rooms/{id}/members/{user}": ["forbidden", "last_owner", "member_not_found", "room_not_found"],
  "DELETE /v1/rooms/{id}/members/{user}": ["forbidden", "last_owner", "member_not_found", "room_not_found"],
  "POST /v1/rooms/{id}/messages": ["not_a_member", "room_not_found"],
  "GET /v1/rooms/{id}/messages": ["not_a_member", "room_not_found"],
  "POST /v1/files": ["file_refused", "not_a_member", "not_configured", "room_not_found"],
  "GET /v1/files/{id}": ["file_not_found", "not_configured"],
  "POST /v1/jobs": ["unknown_job_kind"],
  "GET /v1/jobs/{id}": ["job_not_found"],
  "POST /v1/jobs/{id}/cancel": ["job_ended", "job_not_found"],
  "GET /v1/chains/{chain}/block": ["chain_not_found", "provider_unavailable"],
  "POST /webhooks/stripe": ["invalid_signature", "not_configured"],
};

/** Operations that ask no store for anything. */
const storeless = ["/health", "/ready", "/openapi.json", "/v1/chains", "/v1/chains/{chain}/block"];

/** Operations that create something, and so take an Idempotency-Key. */
const creating = [
  "POST /v1/auth/guest",
  "POST /v1/auth/sign-up",
  "POST /v1/rooms",
  "POST /v1/rooms/{id}/members",
  "POST /v1/rooms/{id}/messages",
  "POST /v1/files",
  "POST /v1/jobs",
];

describe("GET /openapi.json", () => {
  it("is JSON that needs no token and is not counted", async () => {
    const { answer } = await read();
    expect([answer.statusCode, answer.headers["content-type"], answer.headers["ratelimit-limit"]]).toEqual([
      200,
      "application/json; charset=utf-8",
      undefined,
    ]);
  });

  it("has every route with its method", async () => {
    const { app, body } = await read();
    const documented = Object.entries(body.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const unrouted = documented.filter((entry) => {
      const [method = "", path = ""] = entry.split(" ");
      return !app.hasRoute({ method, url: path.replace(/\{(\w+)\}/g, ":$1") });
    });
    expect(unrouted).toEqual([]);
    const registered = app
      .printRoutes({ commonPrefix: false })
      .match(/\((?:[A-Z]+(?:, )?)+\)/g)
      ?.flatMap((methods) => methods.slice(1, -1).split(", "))
      .filter((method) => method !== "HEAD" && method !== "OPTIONS");
    expect(documented).toHaveLength(registered?.length ?? 0);
  });

  it("says of an operation what it is, who may call it and how it answers", async () => {
    const { body } = await read();
    const faults = operationsOf(body).flatMap(({ name, item }) =>
      (operation.safeParse(item).error?.issues ?? []).map(
        ({ path, message }) => `${name} ${path.join(".")}: ${message}`,
      ),
    );
    expect(faults).toEqual([]);
    expect(body.paths["/v1/me"]?.get?.security).toEqual([{ bearer: [] }]);
    expect(body.paths["/v1/auth/guest"]?.post?.security).toEqual([]);
  });

  it("has no reference to something that is not there", async () => {
    const { body, text } = await read();
    const references = new Set(text.match(/"\$ref":"[^"]+"/g));
    expect([...references]).toEqual(['"$ref":"#/components/schemas/Problem"']);
    expect(Object.keys(body.components.schemas)).toEqual(["Problem"]);
  });

  it("names the problems of a route, those that follow from its shape too", async () => {
    const { body } = await read();
    expect(codesOf(body.paths["/v1/auth/sign-up"]?.post)).toEqual([
      "400 validation_failed",
      "400 malformed_body",
      "409 email_taken",
      "413 body_too_large",
      "415 unsupported_media_type",
      "422 idempotency_key_reused",
      "429 rate_limited",
      "500 internal_error",
      "503 store_unavailable",
    ]);
    for (const { name, item } of operationsOf(body))
      for (const code of codesOf(item)) {
        const [status = "", problem = ""] = code.split(" ");
        const known = Object.entries(problems).find(([other]) => other === problem);
        expect(known?.[1].status, name).toBe(Number(status));
      }
  });

  it("names the problems of each route's own", async () => {
    const { body } = await read();
    const byShape = [
      ...["validation_failed", "bad_request", "malformed_body", "body_too_large", "unsupported_media_type"],
      ...["unauthorized", "idempotency_key_reused", "rate_limited", "internal_error", "store_unavailable"],
    ];
    const own = operationsOf(body).map(({ name, item }) => {
      const codes = codesOf(item).map((code) => code.split(" ")[1] ?? "");
      return [name, codes.filter((code) => !byShape.includes(code)).sort()] as const;
    });
    const rightsByRole = { "GET /v1/admin/statistics": ["forbidden"] };
    expect(Object.fromEntries(own.filter(([, codes]) => codes.length > 0))).toEqual({
      ...ownProblems,
      ...rightsByRole,
    });
    const withoutStore = operationsOf(body).filter(
      ({ item }) => !codesOf(item).includes("503 store_unavailable"),
    );
    expect(withoutStore.map(({ path }) => path)).toEqual(storeless);
  });

  it("has the Idempotency-Key of what creates something, and which bodies can be left out", async () => {
    const { body } = await read();
    const keyed = operationsOf(body).filter(({ item }) =>
      operation.parse(item).parameters?.some((parameter) => parameter.name === "idempotency-key"),
    );
    expect(keyed.map(({ name }) => name).sort()).toEqual([...creating].sort());
    const optional = operationsOf(body).filter(
      ({ item }) => operation.parse(item).requestBody?.required === false,
    );
    expect(optional.map(({ name }) => name)).toEqual([
      "POST /v1/auth/guest",
      "POST /v1/auth/sign-out",
      "POST /v1/rooms/{id}/members",
    ]);
    const guest = operation.parse(body.paths["/v1/auth/guest"]?.post);
    expect(guest.parameters).toMatchObject([{ in: "header", name: "idempotency-key", required: false }]);
    expect(guest.requestBody?.required).toBe(false);
    expect(operation.parse(body.paths["/v1/auth/sign-up"]?.post).requestBody?.required).toBe(true);
  });
});

describe("problemsByShape", () => {
  const route = { url: "/", handler: () => undefined } as const;

  it("follows method, schema and config", () => {
    expect(
      problemsByShape({}, { ...route, method: "GET", config: { public: true, unlimited: true } }),
    ).toEqual(["internal_error"]);
    expect(problemsByShape({ params: {} }, { ...route, method: "GET", config: { role: "admin" } })).toEqual([
      "validation_failed",
      "bad_request",
      "unauthorized",
      "forbidden",
      "rate_limited",
      "internal_error",
    ]);
    const headers = anonymousCreationHeaders;
    expect(problemsByShape({ headers }, { ...route, method: "POST" })).toContain("idempotency_key_reused");
  });
});
