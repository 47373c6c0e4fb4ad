import { portState } from "../ports";
import type { EphemeralRecord } from "./record";

/** Below the ports that a kernel gives to outgoing connections, and away from what programs listen on by default. */
const first = { http: 10_080, https: 10_443 };
const pairs = 200;

type Ports = EphemeralRecord["ports"];

/** The first pair of ports that no other ephemeral stack has been given and nobody listens on; undefined: there is none. */
export async function choosePorts(
  taken: readonly Ports[],
  isFree: (port: number) => Promise<boolean> = async (port) => (await portState(port, "")).is === "free",
): Promise<Ports | undefined> {
  const given = new Set(taken.flatMap(({ http, https }) => [http, https]));
  for (let index = 0; index < pairs; index += 1) {
    const pair = { http: first.http + index, https: first.https + index };
    const both = [pair.http, pair.https];
    if (both.some((port) => given.has(port))) continue;
    const free = await Promise.all(both.map(isFree));
    if (free.every(Boolean)) return pair;
  }
  return undefined;
}
