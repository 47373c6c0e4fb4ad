import { guestAnswer, guestRequest, guestTokenSeconds } from "../../../../contract/accounts";
import type { Api, Dependencies } from "../../../dependencies";

/** POST /v1/auth/guest: an account without credentials, and a token for 12 hours. */
export function guestRoutes(app: Api, { store, tokens }: Pick<Dependencies, "store" | "tokens">): void {
  const schema = { body: guestRequest.nullish(), response: { 201: guestAnswer } };
  app.post("/v1/auth/guest", { config: { public: true }, schema }, async (request, reply) => {
    const user = await store.createGuest(request.body?.name ?? "Guest");
    const { token, expiresAt } = await tokens.issue(user, guestTokenSeconds);
    return reply.code(201).send({ token, user, expiresAt: expiresAt.toISOString() });
  });
}
