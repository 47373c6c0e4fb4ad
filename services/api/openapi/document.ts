import swagger from "@fastify/swagger";
import type { FastifySchema, RouteOptions } from "fastify";
import { jsonSchemaTransform } from "fastify-type-provider-zod";
import { z } from "zod";
import { type ProblemCode, problemMediaType } from "../../contract/problems";
import type { Api } from "../dependencies";
import { polished, problemComponent, withOptionalBodies } from "./polish";
import { type ProblemResponse, problemResponsesByStatus } from "./problem-responses";

/** Parts of the API, each with its name in the document. */
export const tags = {
  accounts: "Accounts and sessions",
  rooms: "Rooms, their members and messages",
  jobs: "Work in the background",
  files: "Files in an S3-compatible store",
  chains: "Blockchains over JSON-RPC",
  administration: "For users with the role admin",
  payments: "Webhooks of payment providers",
  operations: "Health of the process, and this document",
} as const;
export type Tag = keyof typeof tags;

declare module "fastify" {
  interface FastifySchema {
    /** One of `tags`. */
    tags?: readonly string[];
    summary?: string;
    description?: string;
    hide?: boolean;
    security?: ReadonlyArray<Record<string, readonly string[]>>;
  }
}

const description = `Errors are \`${problemMediaType}\` (RFC 9457) with a stable \`code\`. Times are UTC in RFC 3339. \
Every answer names its request in \`X-Request-Id\`, and says in \`RateLimit-*\` how many more are taken.`;

/** Gathers the routes that are added after this has loaded, for GET /openapi.json. */
export function registerDocument(app: Api, version: string): void {
  app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Backline", version, description },
      tags: Object.entries(tags).map(([name, about]) => ({ name, description: about })),
      components: {
        schemas: { Problem: problemComponent() },
        securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
      },
    },
    transform(document) {
      const full = completed(document.schema, document.route);
      const { schema, url } = jsonSchemaTransform({ ...document, schema: full });
      return { schema: polished(schema), url };
    },
    transformObject: (document) =>
      "openapiObject" in document ? withOptionalBodies(document.openapiObject) : document.swaggerObject,
  });
}

/** A route's schema with what follows from its shape. */
function completed(schema: FastifySchema | undefined, route: RouteOptions): FastifySchema {
  const given = schema ?? {};
  const response = isResponses(given.response) ? given.response : {};
  return {
    ...given,
    security: route.config?.public === true ? [] : [{ bearer: [] }],
    response: withProblems(response, problemsByShape(given, route)),
  };
}

/** The problems that a route can answer with since it has a body, parameters, a bearer token and so on. */
export function problemsByShape(schema: FastifySchema, { config, method }: RouteOptions): ProblemCode[] {
  const takesBody = ["POST", "PUT", "PATCH"].includes(String(method));
  const validates = [schema.body, schema.params, schema.querystring, schema.headers].some(
    (part) => part !== undefined,
  );
  const repeats = isRepeatable(schema.headers);
  return [
    ...(validates ? (["validation_failed"] as const) : []),
    ...(schema.params === undefined ? [] : (["bad_request"] as const)),
    ...(takesBody ? (["malformed_body", "body_too_large", "unsupported_media_type"] as const) : []),
    ...(config?.public === true ? [] : (["unauthorized"] as const)),
    ...(config?.role === undefined ? [] : (["forbidden"] as const)),
    ...(repeats ? (["idempotency_key_reused"] as const) : []),
    ...(config?.unlimited === true ? [] : (["rate_limited"] as const)),
    "internal_error",
  ];
}

const isRepeatable = (headers: unknown): boolean =>
  headers instanceof z.ZodObject && "idempotency-key" in headers.shape;

type Responses = Record<string, unknown>;

const isResponses = (value: unknown): value is Responses => typeof value === "object" && value !== null;

/** Adds problems to those that the route names itself. */
function withProblems(responses: Responses, codes: readonly ProblemCode[]): Responses {
  const named = Object.values(responses).flatMap(codesOf);
  const all = problemResponsesByStatus([...named, ...codes]);
  const others = Object.entries(responses).filter(([, response]) => codesOf(response).length === 0);
  const merged: Responses = { ...all };
  for (const [status, response] of others) merged[status] = both(response, all[Number(status)]) ?? response;
  return merged;
}

/** An answer and a problem under one status: GET /ready says 503 with a body of its own. */
function both(response: unknown, problem: ProblemResponse | undefined): unknown {
  if (problem === undefined || !(response instanceof z.ZodType)) return undefined;
  return {
    description: problem.description,
    content: { "application/json": { schema: response }, ...problem.content },
  };
}

function codesOf(response: unknown): ProblemCode[] {
  if (typeof response !== "object" || response === null || !("content" in response)) return [];
  const { content } = response as ProblemResponse;
  const schema = content[problemMediaType]?.schema;
  const code = schema instanceof z.ZodObject ? schema.shape.code : undefined;
  return code instanceof z.ZodEnum ? (code.options as ProblemCode[]) : [];
}
