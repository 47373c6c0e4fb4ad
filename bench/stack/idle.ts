import { setTimeout as sleep } from "node:timers/promises";
import type { StackContainer } from "../../scripts/operations/docker";
import { say } from "../../scripts/operations/say";
import type { Measurement } from "../measure";
import type { DeployedStack } from "./deployed-stack";
import { type ContainerMemory, memoryOf } from "./memory";

/** Seconds that a stack is left alone before it counts as idle, and between two looks at it. */
const quiet = { before: 60, between: 10 };

/** Megabytes that the whole stack may use, and that a process of a bundled service may have allocated. */
const allowed = { stack: 900, service: 80 };

/** The services with that limit; what else runs has the limit of its container. */
const limited = ["api", "ws", "worker", "web"];

const megabytes = (bytes: number): number => bytes / 1_000_000;

interface Look {
  readonly containers: readonly StackContainer[];
  readonly memory: readonly ContainerMemory[];
}

/** Memory of a stack that nobody uses, altogether and of each container. */
export async function measureIdle(stack: DeployedStack, runs: number): Promise<Measurement[]> {
  say(`leaving the stack alone for ${quiet.before} s`);
  await sleep(quiet.before * 1_000);
  const containers = await stack.containers();
  const looks: Look[] = [];
  for (let run = 1; run <= runs; run += 1) {
    if (run > 1) await sleep(quiet.between * 1_000);
    looks.push({ containers, memory: await memoryOf(containers.map(({ id }) => id)) });
  }
  return idleMeasurements(looks);
}

export function idleMeasurements(looks: readonly Look[]): Measurement[] {
  const total = (of: (memory: ContainerMemory) => number): number[] =>
    looks.map(({ memory }) => megabytes(memory.reduce((sum, one) => sum + of(one), 0)));
  const containers = looks[0]?.containers ?? [];
  const used = total((one) => one.used);
  return [
    {
      what: `memory of the idle stack, ${containers.length} containers, without page cache that can be dropped`,
      unit: "MB",
      runs: used,
      beside: { what: "allowed", runs: [allowed.stack] },
    },
    {
      what: "of that, allocated by its processes (anonymous)",
      unit: "MB",
      runs: total((one) => one.anonymous),
      beside: { what: "all of it", runs: used },
    },
    ...containers.map(({ service, slot, memory: limit }, index) => {
      const isLimited = limited.includes(service);
      return {
        what: `anonymous memory of ${slot === undefined ? service : `${service} ${slot}`}, idle`,
        unit: "MB",
        runs: looks.map(({ memory }) => megabytes(memory[index]?.anonymous ?? Number.NaN)),
        beside: isLimited
          ? { what: "allowed", runs: [allowed.service] }
          : { what: "the limit of its container", runs: [megabytes(limit)] },
      };
    }),
  ];
}
