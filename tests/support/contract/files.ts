/** Signed links to files, where a store is configured. */
import { expect } from "vitest";
import {
  fileAnswer,
  fileCreated,
  fileLinkSeconds,
  fileTypes,
  largestFile,
} from "../../../services/contract/files";
import { call, expectAnswer, expectProblem } from "./call";
import { describeEndpoint } from "./endpoint";
import { guest, nothing } from "./people";
import { expectBadIdentifiers } from "./rooms";
import type { ContractTarget } from "./target";

const song = { name: "song.mp3", type: "audio/mpeg", bytes: 1_000 };

export function describeFiles(target: ContractTarget): void {
  const offered = () => target.offers().files === true;
  const notOffered = async () => {
    const person = await guest(target);
    expectProblem(await person.post("/v1/files", song), "not_configured");
    expectProblem(await person.get(`/v1/files/${nothing}`), "not_configured");
  };
  /** Seconds until a signed link ends. */
  const lifetime = (expiresAt: string) => (Date.parse(expiresAt) - Date.now()) / 1_000;

  describeEndpoint("POST /v1/files", {
    async success() {
      if (!offered()) return notOffered();
      const person = await guest(target);
      const file = expectAnswer(await person.post("/v1/files", song), 201, fileCreated);
      expect(file).toMatchObject({ ...song, upload: { method: "PUT" } });
      expect(Math.abs(lifetime(file.upload.expiresAt) - fileLinkSeconds)).toBeLessThan(60);
      const url = new URL(file.upload.url);
      expect(url.searchParams.get("X-Amz-Expires")).toBe(String(fileLinkSeconds));
      expect(url.searchParams.get("X-Amz-SignedHeaders")).toMatch(/content-length;content-type;host/);
      const key = { "idempotency-key": "once" };
      const first = expectAnswer(await person.post("/v1/files", song, key), 201, fileCreated);
      const again = await person.post("/v1/files", song, key);
      expect([Object(again.body).id, again.headers["idempotent-replayed"]]).toEqual([first.id, "true"]);
    },
    async "bad input"() {
      const person = await guest(target);
      const before = await target.inside().sql("SELECT count(*) FROM files");
      const names = ["", "a/b", "..\\..\\x", "x".repeat(201), 7, null, "a\u0000", "../../etc/passwd"];
      for (const body of [
        ...names.map((name) => ({ ...song, name })),
        ...[0, -1, 1.5, "7", null, 2 ** 53].map((bytes) => ({ ...song, bytes })),
        ...["x", 7, null].map((room) => ({ ...song, room })),
        ...[{}, [], { ...song, id: nothing }, { ...song, type: "x".repeat(101) }],
      ])
        expectProblem(
          await person.post("/v1/files", body),
          "validation_failed",
          JSON.stringify(body).slice(0, 80),
        );
      expect(await target.inside().sql("SELECT count(*) FROM files")).toBe(before);
    },
    async "missing right"() {
      expectProblem(await call(target, "POST", "/v1/files", { body: song }), "unauthorized");
      if (!offered()) return;
      const [owner, other] = [await guest(target), await guest(target)];
      const hidden = await owner.room("private");
      expectProblem(await other.post("/v1/files", { ...song, room: hidden.id }), "room_not_found");
      const open = await owner.room();
      expectProblem(await other.post("/v1/files", { ...song, room: open.id }), "not_a_member");
    },
    async "wrong state"() {
      if (!offered()) return notOffered();
      const person = await guest(target);
      for (const type of ["text/html", "application/x-msdownload", "", "AUDIO", "image/svg+xml"])
        expectProblem(await person.post("/v1/files", { ...song, type }), "file_refused", type);
      expectProblem(await person.post("/v1/files", { ...song, bytes: largestFile + 1 }), "file_refused");
      for (const type of fileTypes)
        expectAnswer(await person.post("/v1/files", { ...song, type, bytes: largestFile }), 201, fileCreated);
    },
  });

  describeEndpoint("GET /v1/files/{id}", {
    async success() {
      if (!offered()) return notOffered();
      const [owner, other] = [await guest(target), await guest(target)];
      const { id: room } = await owner.room("private");
      const { id } = expectAnswer(await owner.post("/v1/files", { ...song, room }), 201, fileCreated);
      const file = expectAnswer(await owner.get(`/v1/files/${id}`), 200, fileAnswer);
      expect(file).toMatchObject({ ...song, id, download: { method: "GET" } });
      await owner.add(room, other);
      expect(expectAnswer(await other.get(`/v1/files/${id}`), 200, fileAnswer).id).toBe(id);
    },
    "bad input": async () => expectBadIdentifiers(await guest(target), "GET", (id) => `/v1/files/${id}`),
    async "missing right"() {
      expectProblem(await call(target, "GET", `/v1/files/${nothing}`), "unauthorized");
      if (!offered()) return;
      const owner = await guest(target);
      const { id } = expectAnswer(await owner.post("/v1/files", song), 201, fileCreated);
      expectProblem(await (await guest(target)).get(`/v1/files/${id}`), "file_not_found");
    },
    async "wrong state"() {
      const code = offered() ? "file_not_found" : "not_configured";
      expectProblem(await (await guest(target)).get(`/v1/files/${nothing}`), code);
    },
  });
}
