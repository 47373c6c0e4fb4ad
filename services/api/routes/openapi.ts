import { z } from "zod";
import type { Api } from "../dependencies";

/** Loose for the document, and for the types of the answer, which is sent as it was made. */
const documentSchema: z.ZodType<unknown> = z.looseObject({ openapi: z.string() });

/** GET /openapi.json: the document of all routes, made once when the process starts. */
export function openapiRoutes(app: Api): void {
  let text = Buffer.alloc(0);
  app.addHook("onReady", async () => {
    text = Buffer.from(JSON.stringify(app.swagger()));
  });
  const schema = {
    tags: ["operations"],
    summary: "This document",
    description: "OpenAPI 3.1",
    response: { 200: documentSchema },
  };
  app.get("/openapi.json", { config: { public: true, unlimited: true }, schema }, async (_request, reply) =>
    reply.type("application/json; charset=utf-8").send(text),
  );
}
