import { z } from "zod";
import { type ProblemCode, problemMediaType, problemSchema, problems } from "../../contract/problems";

/** A response as the OpenAPI document and Fastify know it. */
export interface ProblemResponse {
  readonly description: string;
  readonly content: Record<typeof problemMediaType, { readonly schema: z.ZodType }>;
}

/**
 * The problems that a route can answer with, for its schema:
 *
 *     response: { 200: roomSchema, ...problemResponses("room_not_found", "store_unavailable") }
 *
 * What follows from a route's shape is added to the document by itself and need not be named: see `problemsByShape`.
 * The result has no part in the types of answers, since problems are thrown.
 */
export function problemResponses(...codes: ProblemCode[]): Record<never, never> {
  return problemResponsesByStatus(codes);
}

export function problemResponsesByStatus(codes: Iterable<ProblemCode>): Record<number, ProblemResponse> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of new Set(codes)) {
    const { status } = problems[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, these]) => {
      const description = these.map((code) => `\`${code}\`: ${problems[code].title}`).join("; ");
      const schema = problemSchema.extend({ code: z.enum(these) });
      return [status, { description, content: { [problemMediaType]: { schema } } }];
    }),
  );
}
