import { z } from "zod";
import {
  memberChange,
  memberRequest,
  memberSchema,
  membersAnswer,
  pageQuery,
} from "../../../../contract/rooms";
import { identifier } from "../../../../contract/text";
import type { Api, Dependencies } from "../../../dependencies";
import { problemResponses } from "../../../openapi/problem-responses";
import { actorOf } from "../../../plugins/actor";
import { principalOf } from "../../../plugins/authentication";
import { creationHeaders, markReplay, repeatable } from "../../../plugins/idempotency";

const members = "/v1/rooms/:id/members";
const member = `${members}/:user` as const;
const params = z.object({ id: identifier });
const memberParams = params.extend({ user: identifier });

const tags = ["rooms"];

/** GET and POST /v1/rooms/:id/members, PATCH and DELETE /v1/rooms/:id/members/:user. */
export function memberRoutes(
  app: Api,
  { store, publisher }: Pick<Dependencies, "store" | "publisher">,
): void {
  const list = {
    tags,
    summary: "Who belongs to a room; for its members",
    params,
    querystring: pageQuery,
    response: {
      200: membersAnswer,
      ...problemResponses("not_a_member", "room_not_found", "store_unavailable"),
    },
  };
  app.get(members, { schema: list }, async (request) =>
    store.members.list(principalOf(request).user, request.params.id, request.query),
  );

  const add = {
    tags,
    summary: "Join a public room, or add somebody as its owner or moderator",
    params,
    body: memberRequest.nullish(),
    headers: creationHeaders,
    response: {
      201: memberSchema,
      ...problemResponses(
        "forbidden",
        "room_not_found",
        "user_not_found",
        "already_a_member",
        "idempotency_key_reused",
        "store_unavailable",
      ),
    },
  };
  app.post(members, { schema: add }, async (request, reply) => {
    const body = request.body ?? { role: "member" };
    const outcome = await store.members.add(actorOf(request), request.params.id, body, repeatable(request));
    markReplay(reply, outcome);
    return reply.code(201).send(outcome.value);
  });

  const problemsOfOne = ["forbidden", "room_not_found", "member_not_found", "last_owner"] as const;
  const change = {
    tags,
    summary: "Change a member's role; for owners of the room",
    params: memberParams,
    body: memberChange,
    response: { 200: memberSchema, ...problemResponses(...problemsOfOne, "store_unavailable") },
  };
  app.patch(member, { schema: change }, async (request) => {
    const { id, user } = request.params;
    return store.members.change(actorOf(request), id, user, request.body.role);
  });

  const remove = {
    tags,
    summary: "Leave a room, or remove somebody as its owner or moderator",
    params: memberParams,
    response: { 204: z.null(), ...problemResponses(...problemsOfOne, "store_unavailable") },
  };
  app.delete(member, { schema: remove }, async (request, reply) => {
    const { id, user } = request.params;
    await store.members.remove(actorOf(request), id, user);
    publisher.memberRemoved(user, id);
    return reply.code(204).send(null);
  });
}
