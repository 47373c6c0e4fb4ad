/** What the libraries that make the document leave to be done. */
import { STATUS_CODES } from "node:http";
import type { FastifySchema } from "fastify";
import type { OpenAPIV3, OpenAPIV3_1 } from "openapi-types";
import { z } from "zod";
import { problemMediaType, problemSchema } from "../../contract/problems";

type Json = Record<string, unknown>;
const isJson = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Every problem, once, for `#/components/schemas/Problem`. */
export function problemComponent(): OpenAPIV3.SchemaObject {
  const { $schema: _, ...schema } = z.toJSONSchema(problemSchema);
  return schema as OpenAPIV3.SchemaObject;
}

/** Mends references, refers to the one Problem instead of repeating it, and describes answers that do not do so. */
export function polished(given: FastifySchema): FastifySchema {
  const schema = withoutDangling(given) as FastifySchema;
  if (!isJson(schema.response)) return schema;
  const responses = Object.entries(schema.response).map(([status, value]) => {
    const response = isJson(value) ? value : {};
    const description = response.description ?? STATUS_CODES[status];
    return [status, { ...referred(response), description }];
  });
  return { ...schema, response: Object.fromEntries(responses) };
}

/** Any JSON value (`z.json()`) comes as a reference to a schema that is left out: a schema without rules says the same. */
function withoutDangling(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDangling);
  if (!isJson(value)) return value;
  if (typeof value.$ref === "string") return {};
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutDangling(part)]));
}

function referred(response: Json): Json {
  const { content } = response;
  const problem = isJson(content) ? content[problemMediaType] : undefined;
  if (!isJson(content) || !isJson(problem)) return response;
  const properties = isJson(problem.schema) ? problem.schema.properties : undefined;
  const code = isJson(properties) ? properties.code : undefined;
  const schema = {
    allOf: [{ $ref: "#/components/schemas/Problem" }, { type: "object", properties: { code } }],
  };
  return { ...response, content: { ...content, [problemMediaType]: { schema } } };
}

/** A body that may be null may be left out, too; the library says of all that they are required. */
export function withOptionalBodies<Document extends Partial<OpenAPIV3.Document | OpenAPIV3_1.Document>>(
  document: Document,
): Document {
  for (const path of Object.values(document.paths ?? {})) {
    for (const operation of Object.values(path ?? {})) {
      const body = isJson(operation) ? operation.requestBody : undefined;
      if (isJson(body) && JSON.stringify(body.content).includes('{"type":"null"}]')) body.required = false;
    }
  }
  return document;
}
