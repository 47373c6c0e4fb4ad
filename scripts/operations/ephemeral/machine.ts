import { availableParallelism, totalmem } from "node:os";
import { execa } from "execa";
import { z } from "zod";
import type { MachineSize } from "./settings";

const info = z.object({ MemTotal: z.number().positive(), NCPU: z.number().positive() });

/** How large the machine of the local Docker is, which may be a virtual one; before Docker is there, this one. */
export async function machineSize(): Promise<MachineSize> {
  const { stdout } = await execa("docker", ["info", "--format", "{{json .}}"], {
    reject: false,
    stdin: "ignore",
    timeout: 10_000,
  });
  const { MemTotal, NCPU } = parsed(stdout ?? "") ?? { MemTotal: totalmem(), NCPU: availableParallelism() };
  return { memory: Math.floor(MemTotal / 2 ** 20), cpus: NCPU };
}

function parsed(text: string): z.output<typeof info> | undefined {
  try {
    return info.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
