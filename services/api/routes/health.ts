import { paths } from "../../contract/environment";
import { healthAnswer, readyAnswer } from "../../contract/health";
import type { Api, Dependencies } from "../dependencies";

/** GET /health and GET /ready, also on the traffic listener. */
export function healthRoutes(app: Api, { health }: Pick<Dependencies, "health">): void {
  const config = { public: true } as const;
  app.get(paths.health, { config, schema: { response: { 200: healthAnswer } } }, async () => health.live());
  app.get(
    paths.ready,
    { config, schema: { response: { 200: readyAnswer, 503: readyAnswer } } },
    async (_, reply) => {
      const report = await health.ready();
      return reply.code(report.status === "ready" ? 200 : 503).send(report);
    },
  );
}
