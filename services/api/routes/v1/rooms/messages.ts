import { z } from "zod";
import { messageRequest, messageSchema, messagesAnswer, messagesQuery } from "../../../../contract/rooms";
import { identifier } from "../../../../contract/text";
import type { Api, Dependencies } from "../../../dependencies";
import { principalOf } from "../../../plugins/authentication";
import { creationHeaders, markReplay, repeatable } from "../../../plugins/idempotency";

const url = "/v1/rooms/:id/messages";
const params = z.object({ id: identifier });

/** POST and GET /v1/rooms/:id/messages. */
export function messageRoutes(
  app: Api,
  { store, publisher }: Pick<Dependencies, "store" | "publisher">,
): void {
  const post = { params, body: messageRequest, headers: creationHeaders, response: { 201: messageSchema } };
  app.post(url, { schema: post }, async (request, reply) => {
    const { user } = principalOf(request);
    const outcome = await store.postMessage(user, request.params.id, request.body.body, repeatable(request));
    if (!outcome.replayed) publisher.message(outcome.value);
    markReplay(reply, outcome);
    return reply.code(201).send(outcome.value);
  });

  const list = { params, querystring: messagesQuery, response: { 200: messagesAnswer } };
  app.get(url, { schema: list }, async (request) => store.listMessages(request.params.id, request.query));
}
