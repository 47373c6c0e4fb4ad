import { afterEach, beforeEach, expect, it } from "vitest";
import { eventually } from "../../../support/client";
import { Load } from "../../../support/load/load";
import { type FakePlatform, startFakePlatform } from "./fake-platform";

let platform: FakePlatform;
let load: Load | undefined;
beforeEach(async () => {
  platform = await startFakePlatform();
});
afterEach(async () => {
  load?.kill();
  await platform.close();
});

async function start(): Promise<Load> {
  const { api, sockets, caPath } = platform;
  const where = { api, sockets, caPath, address: "127.0.0.1" };
  const size = {
    requestsPerSecond: 100,
    connections: 4,
    clients: 6,
    clientsPerRoom: 3,
    messageInterval: 100,
  };
  load = await Load.start({ ...where, ...size });
  return load;
}

const answered = (running: Load, count: number, from: number) =>
  eventually("answers", async () => ((await running.span(from)).answered >= count ? true : undefined));

it("counts requests and closes of a span, from a process of its own", { timeout: 30_000 }, async () => {
  const running = await start();
  expect(await running.joined()).toBe(6);
  await answered(running, 50, 0);
  const fault = Date.now();
  platform.refusals.push(503);
  const room = [...platform.rooms.values()].find(({ followers }) => followers.size > 0);
  for (const socket of [...(room?.followers ?? [])]) socket.close(1012, "restart");
  await answered(running, 50, fault);
  const before = await running.span(0, fault);
  expect(before).toMatchObject({ failures: [], closes: [] });
  expect(before.latency.count).toBe(before.answered);
  const after = await running.span(fault);
  expect(after.failures).toMatchObject([{ method: "POST", reason: "503: {}" }]);
  expect(after.closes).toMatchObject(Array(3).fill({ code: 1012, reason: "restart", joined: true }));
  const outcome = await running.stop();
  expect(outcome).toMatchObject({ repeated: 1, problems: [] });
  expect(outcome.messages).toBeGreaterThan(6);
});

it("tells what was lost", { timeout: 30_000 }, async () => {
  const running = await start();
  await answered(running, 20, 0);
  const texts = [...platform.posted.values()].find(({ length }) => length > 0);
  const gone = texts?.shift();
  expect((await running.stop()).problems).toEqual([`${gone} is stored 0 times`]);
});

it("says why a load cannot begin", { timeout: 30_000 }, async () => {
  const { sockets, caPath } = platform;
  const nowhere = { api: "https://localhost:1", sockets, caPath, address: "127.0.0.1" };
  const size = { requestsPerSecond: 1, connections: 1, clients: 1, clientsPerRoom: 1, messageInterval: 100 };
  await expect(Load.start({ ...nowhere, ...size })).rejects.toThrow("ECONNREFUSED");
});
