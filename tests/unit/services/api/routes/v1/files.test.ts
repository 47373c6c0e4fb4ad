import { describe, expect, it } from "vitest";
import { largestFile } from "../../../../../../services/contract/files";
import { createStorage } from "../../../../../../services/runtime/storage";
import { ada, bob, eve, nounsApi } from "../../fakes/nouns";
import { now } from "../../fakes/time";

const storage = createStorage({
  endpoint: "https://store.example.com",
  region: "auto",
  bucket: "files",
  accessKeyId: "id",
  secretKey: "secret",
});
const cat = { name: "cat.png", type: "image/png", bytes: 7 };

describe("POST /v1/files", () => {
  it("records a file and gives a link for exactly its type and size", async () => {
    const { as } = await nounsApi({ storage });
    const { status, body } = await as(ada)("POST", "/v1/files", cat);
    expect(status).toBe(201);
    const { upload, ...file } = body;
    expect(file).toEqual({ ...cat, id: file.id, createdAt: now });
    expect(upload).toMatchObject({
      method: "PUT",
      headers: { "content-type": "image/png", "content-length": "7" },
    });
    const url = new URL(upload.url);
    expect(url.origin + url.pathname).toBe(`https://store.example.com/files/files/${file.id}`);
    expect(url.searchParams.get("X-Amz-SignedHeaders")).toBe("content-length;content-type;host");
    expect(url.searchParams.get("X-Amz-Expires")).toBe("3600");
  });

  it("records one file under one Idempotency-Key, with a fresh link each time", async () => {
    const { as } = await nounsApi({ storage });
    const key = { "idempotency-key": "k" };
    const first = (await as(ada)("POST", "/v1/files", cat, key)).body;
    const second = await as(ada)("POST", "/v1/files", cat, key);
    expect([second.body.id, second.headers["idempotent-replayed"]]).toEqual([first.id, "true"]);
    const other = await as(ada)("POST", "/v1/files", { ...cat, bytes: 8 }, key);
    expect(other.refusal).toEqual([422, "idempotency_key_reused"]);
  });

  it("refuses types and sizes that are not taken, and what is no file at all", async () => {
    const { as } = await nounsApi({ storage });
    for (const wrong of [{ type: "text/html" }, { type: "image/svg+xml" }, { bytes: largestFile + 1 }]) {
      expect((await as(ada)("POST", "/v1/files", { ...cat, ...wrong })).refusal).toEqual([
        422,
        "file_refused",
      ]);
    }
    for (const wrong of [{ name: "../cat" }, { name: "" }, { bytes: 0 }, { bytes: "7" }, { room: "lobby" }]) {
      const { refusal } = await as(ada)("POST", "/v1/files", { ...cat, ...wrong });
      expect(refusal, JSON.stringify(wrong)).toEqual([400, "validation_failed"]);
    }
    expect((await as(ada)("POST", "/v1/files", { ...cat, bytes: largestFile })).status).toBe(201);
  });

  it("shares files with rooms of the caller's alone", async () => {
    const { as } = await nounsApi({ storage });
    const room = (await as(ada)("POST", "/v1/rooms", { name: "A" })).body.id;
    expect((await as(bob)("POST", "/v1/files", { ...cat, room })).refusal).toEqual([403, "not_a_member"]);
    await as(ada)("PATCH", `/v1/rooms/${room}`, { visibility: "private" });
    expect((await as(bob)("POST", "/v1/files", { ...cat, room })).refusal).toEqual([404, "room_not_found"]);
  });
});

describe("GET /v1/files/:id", () => {
  it("gives a link to the owner and to members of the file's room, and 404 to others", async () => {
    const { as } = await nounsApi({ storage });
    const room = (await as(ada)("POST", "/v1/rooms", { name: "A" })).body.id;
    await as(bob)("POST", `/v1/rooms/${room}/members`, {});
    const { id } = (await as(ada)("POST", "/v1/files", { ...cat, room })).body;
    for (const user of [ada, bob]) {
      const { download, ...file } = (await as(user)("GET", `/v1/files/${id}`)).body;
      expect(file).toEqual({ ...cat, id, createdAt: now });
      expect(download).toMatchObject({ method: "GET", headers: {} });
      expect(new URL(download.url).searchParams.get("response-content-disposition")).toBe(
        `attachment; filename="cat.png"; filename*=UTF-8''cat.png`,
      );
    }
    expect((await as(eve)("GET", `/v1/files/${id}`)).refusal).toEqual([404, "file_not_found"]);
    expect((await as(eve)("GET", "/v1/files/cat")).refusal).toEqual([400, "validation_failed"]);
  });
});

describe("files without a store", () => {
  it("are not configured", async () => {
    const { as } = await nounsApi();
    expect((await as(ada)("POST", "/v1/files", cat)).refusal).toEqual([404, "not_configured"]);
    expect((await as(ada)("GET", `/v1/files/${ada.id}`)).refusal).toEqual([404, "not_configured"]);
  });
});
