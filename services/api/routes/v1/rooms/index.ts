import { z } from "zod";
import { pageQuery, roomChange, roomRequest, roomSchema, roomsAnswer } from "../../../../contract/rooms";
import { identifier } from "../../../../contract/text";
import type { Api, Dependencies } from "../../../dependencies";
import { problemResponses } from "../../../openapi/problem-responses";
import { actorOf } from "../../../plugins/actor";
import { principalOf } from "../../../plugins/authentication";
import { creationHeaders, markReplay, repeatable } from "../../../plugins/idempotency";

const params = z.object({ id: identifier });

const tags = ["rooms"];

/** GET and POST /v1/rooms, GET and PATCH /v1/rooms/:id. */
export function roomRoutes(app: Api, { store }: Pick<Dependencies, "store">): void {
  const list = {
    tags,
    summary: "The rooms that the caller belongs to",
    querystring: pageQuery,
    response: { 200: roomsAnswer, ...problemResponses("store_unavailable") },
  };
  app.get("/v1/rooms", { schema: list }, async (request) =>
    store.rooms.list(principalOf(request).user, request.query),
  );

  const create = {
    tags,
    summary: "Make a room that the caller owns",
    body: roomRequest,
    headers: creationHeaders,
    response: { 201: roomSchema, ...problemResponses("idempotency_key_reused", "store_unavailable") },
  };
  app.post("/v1/rooms", { schema: create }, async (request, reply) => {
    const outcome = await store.rooms.create(actorOf(request), request.body, repeatable(request));
    markReplay(reply, outcome);
    return reply.code(201).send(outcome.value);
  });

  const get = {
    tags,
    summary: "A room of the caller's, or a public one",
    params,
    response: { 200: roomSchema, ...problemResponses("room_not_found", "store_unavailable") },
  };
  app.get("/v1/rooms/:id", { schema: get }, async (request) =>
    store.rooms.get(principalOf(request).user, request.params.id),
  );

  const change = {
    tags,
    summary: "Rename a room, or change who may join it; for its owners",
    params,
    body: roomChange,
    response: { 200: roomSchema, ...problemResponses("forbidden", "room_not_found", "store_unavailable") },
  };
  app.patch("/v1/rooms/:id", { schema: change }, async (request) =>
    store.rooms.change(actorOf(request), request.params.id, request.body),
  );
}
