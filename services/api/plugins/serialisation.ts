import fastJsonStringify, { type AnySchema } from "fast-json-stringify";
import type { FastifySerializerCompiler } from "fastify";
import { z } from "zod";
import { problemMediaType } from "../../contract/problems";

type Json = Record<string, unknown>;

/** The part of JSON Schema that says how a value is written. Without a type any value is. */
export interface Shape extends AnySchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
}

/**
 * Makes a response's text from its zod schema: only what the schema names leaves the process. Nothing is parsed again;
 * that answers fit their schemas is what types and tests are for. zod's own serialiser takes several times as long.
 */
export const serialiserCompiler: FastifySerializerCompiler<unknown> = ({ schema, contentType }) => {
  // Problems are sent as text: see plugins/problems.ts.
  if (!(schema instanceof z.ZodType) || contentType === problemMediaType)
    return (data) => JSON.stringify(data);
  const made =
    compiled.get(schema) ?? fastJsonStringify(shapeOf(z.toJSONSchema(schema, { unrepresentable: "any" })));
  compiled.set(schema, made);
  return made;
};

/** Many routes share a schema. */
const compiled = new WeakMap<z.ZodType, (data: unknown) => string>();

/** Types and properties alone. Where a schema says more than that (recursion, alternatives) any value is taken. */
export function shapeOf(schema: Json): Shape {
  const { type } = schema;
  const [first, second, ...more] = asList(schema.anyOf);
  if (first !== undefined && second?.type === "null" && more.length === 0) return orNull(shapeOf(first));
  if (type === "object" && isJson(schema.properties) && !isJson(schema.additionalProperties)) {
    const entries = Object.entries(schema.properties);
    const properties = Object.fromEntries(entries.map(([name, value]) => [name, shapeOf(asJson(value))]));
    const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
    return { type, properties, required };
  }
  if (type === "array" && isJson(schema.items)) return { type, items: shapeOf(schema.items) };
  if (type === "string" || type === "boolean" || type === "number" || type === "integer") return { type };
  return {};
}

/** As `nullable`, since an alternative would have each value checked by a validator. */
const orNull = (shape: Shape): Shape => (shape.type === undefined ? {} : { ...shape, nullable: true });

const isJson = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const asJson = (value: unknown): Json => (isJson(value) ? value : {});
const asList = (value: unknown): Json[] => (Array.isArray(value) ? value.map(asJson) : []);
