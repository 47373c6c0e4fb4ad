import { z } from "zod";
import {
  type FileRequest,
  fileAnswer,
  fileCreated,
  fileRequest,
  fileTypes,
  largestFile,
} from "../../../contract/files";
import { Problem } from "../../../contract/problems";
import { identifier } from "../../../contract/text";
import type { Api, Dependencies } from "../../dependencies";
import { problemResponses } from "../../openapi/problem-responses";
import { actorOf } from "../../plugins/actor";
import { principalOf } from "../../plugins/authentication";
import { notConfigured } from "../../plugins/configuration";
import { creationHeaders, markReplay, repeatable } from "../../plugins/idempotency";

const tags = ["files"];

/** POST /v1/files and GET /v1/files/:id: the content goes to the object store and comes from there. */
export function fileRoutes(app: Api, { store, storage }: Pick<Dependencies, "store" | "storage">): void {
  const create = {
    tags,
    summary: "Announce a file, and get a link to upload it with",
    body: fileRequest,
    headers: creationHeaders,
    response: {
      201: fileCreated,
      ...problemResponses(
        "not_a_member",
        "room_not_found",
        "not_configured",
        "file_refused",
        "idempotency_key_reused",
        "store_unavailable",
      ),
    },
  };
  app.post("/v1/files", { schema: create }, async (request, reply) => {
    if (storage === undefined) throw notConfigured("Files");
    checkTaken(request.body);
    const outcome = await store.files.create(actorOf(request), request.body, repeatable(request));
    markReplay(reply, outcome);
    return reply.code(201).send({ ...outcome.value, upload: await storage.upload(outcome.value) });
  });

  const get = {
    tags,
    summary: "A file of the caller's or of a room of theirs, with a link to download it",
    params: z.object({ id: identifier }),
    response: {
      200: fileAnswer,
      ...problemResponses("file_not_found", "not_configured", "store_unavailable"),
    },
  };
  app.get("/v1/files/:id", { schema: get }, async (request) => {
    if (storage === undefined) throw notConfigured("Files");
    const file = await store.files.get(principalOf(request).user, request.params.id);
    return { ...file, download: await storage.download(file) };
  });
}

function checkTaken({ type, bytes }: FileRequest): void {
  const types: readonly string[] = fileTypes;
  if (!types.includes(type)) {
    throw new Problem("file_refused", `Files of the type '${type}' are not taken, only ${types.join(", ")}.`);
  }
  if (bytes > largestFile) {
    throw new Problem("file_refused", `${bytes} bytes are too many; the largest file has ${largestFile}.`);
  }
}
