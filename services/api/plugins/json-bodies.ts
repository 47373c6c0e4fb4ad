import { Problem } from "../../contract/problems";
import type { Api } from "../dependencies";

/**
 * Arrays and objects that may be inside each other in a body. Schemas, stores and their drivers walk a value by
 * recursion: thousands of levels, which fit into few bytes, would exhaust the stack.
 */
export const mostLevels = 64;

const tooDeep = `arrays and objects may be nested ${mostLevels} levels deep at most`;

/** Reads JSON bodies as Fastify does, but refuses those that are nested too deeply. */
export function registerJsonBodies(app: Api): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser<string>("application/json", { parseAs: "string" }, (request, text, done) => {
    parse(request, text, (error, body) => {
      if (error !== null) done(error, undefined);
      else if (nestsDeeper(body, mostLevels)) done(deeplyNested(), undefined);
      else done(null, body);
    });
  });
}

/** Whether arrays and objects are inside each other more than `levels` times. It goes no deeper than that itself. */
export function nestsDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => nestsDeeper(part, levels - 1));
}

export const deeplyNested = (): Problem =>
  new Problem("validation_failed", `body: ${tooDeep}`, { errors: [{ path: "body", message: tooDeep }] });
