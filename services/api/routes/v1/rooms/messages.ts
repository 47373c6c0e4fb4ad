import { z } from "zod";
import { messageRequest, messageSchema, messagesAnswer, messagesQuery } from "../../../../contract/rooms";
import { identifier } from "../../../../contract/text";
import type { Api, Dependencies } from "../../../dependencies";
import { problemResponses } from "../../../openapi/problem-responses";
import { principalOf } from "../../../plugins/authentication";
import { creationHeaders, markReplay, repeatable } from "../../../plugins/idempotency";

const url = "/v1/rooms/:id/messages";
const params = z.object({ id: identifier });
const refusals = ["not_a_member", "room_not_found", "store_unavailable"] as const;

const tags = ["rooms"];

/** POST and GET /v1/rooms/:id/messages. */
export function messageRoutes(
  app: Api,
  { store, publisher }: Pick<Dependencies, "store" | "publisher">,
): void {
  const post = {
    tags,
    summary: "Post a message; for members of the room",
    params,
    body: messageRequest,
    headers: creationHeaders,
    response: { 201: messageSchema, ...problemResponses(...refusals, "idempotency_key_reused") },
  };
  app.post(url, { schema: post }, async (request, reply) => {
    const { user } = principalOf(request);
    const { id } = request.params;
    const { body } = request.body;
    const key = repeatable(request);
    const posted =
      key === undefined
        ? await store.messages.post(user, id, body)
        : await store.messages.postOnce(user, id, body, key);
    if (!posted.replayed) publisher.message(posted.message, posted.outboxId);
    markReplay(reply, posted);
    return reply.code(201).send(posted.message);
  });

  const list = {
    tags,
    summary: "Messages of a room, in order; for its members",
    params,
    querystring: messagesQuery,
    response: { 200: messagesAnswer, ...problemResponses(...refusals) },
  };
  app.get(url, { schema: list }, async (request) =>
    store.messages.page(principalOf(request).user, request.params.id, request.query),
  );
}
