import { describe, expect, it, vi } from "vitest";
import { loadConfig } from "../../../../services/web/src/config";
import { Jobs } from "../../../../services/web/src/jobs";
import { hashOf, placeOf, roomIn } from "../../../../services/web/src/location";
import { lobby } from "./fakes";

describe("the address", () => {
  it("names a room or the start", () => {
    expect(placeOf(hashOf({ page: "room", id: lobby }))).toEqual({ page: "room", id: lobby });
    for (const hash of ["", "#", "#/", "#/rooms/", "#/rooms/x", "#content"])
      expect(placeOf(hash)).toEqual({ page: "start" });
  });

  it("is found in what somebody was sent", () => {
    for (const text of [lobby, ` ${lobby.toUpperCase()}\n`, `https://app.example.com/#/rooms/${lobby}`])
      expect(roomIn(text)).toBe(lobby);
    expect(roomIn("https://app.example.com")).toBeUndefined();
  });
});

describe("the configuration", () => {
  const load = (body: unknown, status = 200) =>
    loadConfig(async () => new Response(typeof body === "string" ? body : JSON.stringify(body), { status }));

  it("names the platform", async () => {
    expect(await load({ api: "https://api.example.com/", socket: "wss://api.example.com/ws" })).toEqual({
      api: "https://api.example.com",
      socket: "wss://api.example.com/ws",
    });
  });

  it("is refused where it does not", async () => {
    const bad = [{}, "<html>", { api: "https://a" }, { api: "javascript:x", socket: "wss://a" }];
    for (const body of bad)
      await expect(load(body)).rejects.toThrow(/config\.json does not name the platform/);
    await expect(load({ api: "https://a", socket: "wss://a" }, 500)).rejects.toThrow(/config\.json/);
  });
});

describe("jobs", () => {
  const job = (state: "queued" | "active" | "completed" | "cancelled", progress: number, id = "1") => ({
    ...{ id, kind: "echo", state, progress },
  });
  const api = {
    startEcho: vi.fn(async () => ({ id: "1", state: "queued" as const })),
    job: vi.fn(),
    jobs: vi.fn(),
    cancelJob: vi.fn(),
  };

  it("never go back, in whichever order their news comes", async () => {
    const jobs = new Jobs(api);
    jobs.take(job("active", 40));
    await jobs.start("x", 1, 1);
    expect(jobs.list.get()).toEqual([job("active", 40)]);
    jobs.take(job("active", 20));
    expect(jobs.list.get()).toEqual([job("active", 40)]);
    jobs.take(job("completed", 100));
    jobs.take(job("active", 80));
    expect(jobs.list.get()).toEqual([job("completed", 100)]);
  });

  it("are listed newest first", async () => {
    const jobs = new Jobs({
      ...api,
      jobs: async () => ({
        jobs: ["2", "1"].map((id) => ({
          ...job("completed", 100, id),
          priority: "normal" as const,
          createdAt: "2026-01-01T00:00:00.000Z",
        })),
        next: null,
      }),
    });
    await jobs.reload();
    jobs.take(job("queued", 0, "3"));
    expect(jobs.list.get().map(({ id }) => id)).toEqual(["3", "2", "1"]);
  });

  it("show that they were cancelled", async () => {
    const jobs = new Jobs({ ...api, job: vi.fn(async () => job("cancelled", 40)) as never });
    jobs.take(job("active", 40));
    await jobs.cancel("1");
    expect(jobs.list.get()).toEqual([job("cancelled", 40)]);
  });
});
