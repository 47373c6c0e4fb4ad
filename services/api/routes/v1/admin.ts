import { statisticsAnswer } from "../../../contract/administration";
import type { Api, Dependencies } from "../../dependencies";
import { problemResponses } from "../../openapi/problem-responses";

/** GET /v1/admin/statistics. */
export function adminRoutes(app: Api, { store, jobs }: Pick<Dependencies, "store" | "jobs">): void {
  const schema = {
    tags: ["administration"],
    summary: "Figures of the whole deployment; for administrators",
    response: { 200: statisticsAnswer, ...problemResponses("forbidden", "store_unavailable") },
  };
  app.get("/v1/admin/statistics", { config: { role: "admin" }, schema }, async () => {
    const [figures, counts] = await Promise.all([store.figures.now(), jobs.counts()]);
    return { ...figures, jobs: counts };
  });
}
