import { roomRequest, roomSchema } from "../../../../contract/rooms";
import type { Api, Dependencies } from "../../../dependencies";
import { principalOf } from "../../../plugins/authentication";
import { creationHeaders, markReplay, repeatable } from "../../../plugins/idempotency";

/** POST /v1/rooms. */
export function roomRoutes(app: Api, { store }: Pick<Dependencies, "store">): void {
  const schema = { body: roomRequest, headers: creationHeaders, response: { 201: roomSchema } };
  app.post("/v1/rooms", { schema }, async (request, reply) => {
    const outcome = await store.createRoom(principalOf(request).user, request.body.name, repeatable(request));
    markReplay(reply, outcome);
    return reply.code(201).send(outcome.value);
  });
}
