import { paths } from "../../contract/environment";
import { healthAnswer, readyAnswer } from "../../contract/health";
import type { Api, Dependencies } from "../dependencies";

/** GET /health and GET /ready, also on the traffic listener. */
export function healthRoutes(app: Api, { health }: Pick<Dependencies, "health">): void {
  const config = { public: true, unlimited: true } as const;
  const live = {
    tags: ["operations"],
    summary: "Whether the process runs",
    response: { 200: healthAnswer },
  };
  app.get(paths.health, { config, schema: live }, async () => health.live());

  const ready = {
    tags: ["operations"],
    summary: "Whether the process and its stores can serve",
    response: { 200: readyAnswer, 503: readyAnswer },
  };
  app.get(paths.ready, { config, schema: ready }, async (_, reply) => {
    const report = await health.ready();
    return reply.code(report.status === "ready" ? 200 : 503).send(report);
  });
}
