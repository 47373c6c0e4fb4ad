import { meChange, meSchema } from "../../../contract/accounts";
import type { Api, Dependencies } from "../../dependencies";
import { problemResponses } from "../../openapi/problem-responses";
import { auditOf } from "../../plugins/audit";
import { principalOf } from "../../plugins/authentication";

const response = { 200: meSchema, ...problemResponses("store_unavailable") };
const tags = ["accounts"];

/** GET and PATCH /v1/me. */
export function meRoutes(app: Api, { store }: Pick<Dependencies, "store">): void {
  const get = { tags, summary: "The caller's account", response };
  app.get("/v1/me", { schema: get }, (request) => store.users.me(principalOf(request).user.id));

  const patch = {
    tags,
    summary: "Change the caller's name",
    description: "Access tokens that were issued before carry the old name until they are refreshed.",
    body: meChange,
    response,
  };
  app.patch("/v1/me", { schema: patch }, (request) =>
    store.users.rename(principalOf(request).user.id, request.body.name, auditOf(request)),
  );
}
