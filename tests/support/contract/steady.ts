/** What bad input must not cost: memory, and processes. */
import { expect, it } from "vitest";
import { cutWhileSending } from "./bad-frames";
import { sendBadBodies } from "./bad-requests";
import { Peer } from "./peer";
import { guest, type Person } from "./people";
import type { ContractTarget, ProcessUse } from "./target";

/** Bytes by which a process may be larger after all rounds than after the first ones. */
const growth = 64 * 1024 * 1024;
const warmUp = 2;
const rounds = 6;

async function flood(target: ContractTarget, person: Person, room: string): Promise<void> {
  const frames = async () => {
    const peer = await Peer.in(target, person, room);
    for (let count = 0; count < 500; count += 1)
      peer.sendRaw(`{"type":"message","body":"${"x".repeat(5_000)}"}`);
    expect(await peer.closing(30)).toBe(4429);
  };
  const large = async () => {
    const peer = await Peer.open(target);
    peer.sendRaw("x".repeat(10 * 1024 * 1024));
    expect(cutWhileSending).toContain(await peer.closing());
  };
  await Promise.all([sendBadBodies(person), frames(), large(), frames(), large(), sendBadBodies(person)]);
}

/** Processes by name, with what they use. */
const byName = (all: readonly ProcessUse[]) => new Map(all.map((use) => [use.name, use]));

export function describeSteadiness(target: ContractTarget): void {
  it(`holds its memory and its processes through ${rounds} rounds of bad input`, async () => {
    const person = await guest(target);
    const { id: room } = await person.room();
    const start = await target.inside().processes();
    expect(start.length).toBeGreaterThan(3);
    for (let round = 0; round < warmUp; round += 1) await flood(target, person, room);
    const before = byName(await target.inside().processes());
    for (let round = 0; round < rounds; round += 1) await flood(target, person, room);
    // What only waits to be collected goes when the processes work on.
    await expect
      .poll(
        async () => {
          await person.get("/v1/me");
          const grown = (await target.inside().processes()).map(({ name, bytes }) => ({
            name,
            bytes: bytes - (before.get(name)?.bytes ?? 0),
          }));
          return grown.filter(({ bytes }) => bytes > growth);
        },
        { timeout: 30_000, interval: 2_000 },
      )
      .toEqual([]);
    const started = (all: readonly ProcessUse[]) => all.map(({ name, started }) => [name, started]);
    expect(started(await target.inside().processes())).toEqual(started(start));
  });
}
