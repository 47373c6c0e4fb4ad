import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { docker } from "../../tests/support/backline";

/** Memory of a container at one moment, in bytes. */
export interface ContainerMemory {
  /** What `docker stats` shows: all that its cgroup is charged with but files that could be dropped at any time. */
  readonly used: number;
  /** What its processes have allocated themselves, without files and shared memory. */
  readonly anonymous: number;
}

/** Where the kernel tells of a cgroup, and how it calls what is read: by the version of cgroups. */
interface MemoryFiles {
  readonly folder: string;
  readonly usage: string;
}

/** Finds the cgroup of a process by its `/proc/<pid>/cgroup`; version 2 has one for everything, and no name before it. */
export function memoryFiles(cgroups: string): MemoryFiles {
  const [, version1] = /^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:(.+)$/m.exec(cgroups) ?? [];
  if (version1 !== undefined)
    return { folder: join("/sys/fs/cgroup/memory", version1), usage: "memory.usage_in_bytes" };
  const [, version2] = /^0::(.+)$/m.exec(cgroups) ?? [];
  if (version2 === undefined) throw new Error(`a process is in no cgroup that counts memory:\n${cgroups}`);
  return { folder: join("/sys/fs/cgroup", version2), usage: "memory.current" };
}

/**
 * Reads `memory.stat`. The kernel's names differ: `total_inactive_file` and `total_rss` with version 1 of cgroups, whose
 * totals count the groups inside, `inactive_file` and `anon` with version 2.
 * @param usage All that the cgroup is charged with, in bytes.
 */
export function parseMemory(usage: string, stat: string): ContainerMemory {
  const figures = new Map(
    stat
      .trim()
      .split("\n")
      .map((line) => line.split(" "))
      .map(([name = "", value]) => [name, Number(value)] as const),
  );
  const droppable = figures.get("total_inactive_file") ?? figures.get("inactive_file");
  const anonymous = figures.get("total_rss") ?? figures.get("anon");
  if (droppable === undefined || anonymous === undefined)
    throw new Error(
      `the kernel tells neither version's figures of memory, but ${[...figures.keys()].join(", ")}`,
    );
  return { used: Number(usage) - droppable, anonymous };
}

/** Memory of each container now, as the kernel of this machine tells it: Docker's own figures can be empty. */
export async function memoryOf(ids: readonly string[]): Promise<ContainerMemory[]> {
  const pids = (await docker("inspect", "--format", "{{.State.Pid}}", ...ids)).split("\n");
  return await Promise.all(
    pids.map(async (pid) => {
      const { folder, usage } = memoryFiles(await readFile(`/proc/${pid}/cgroup`, "utf8"));
      const [used, stat] = await Promise.all([
        readFile(join(folder, usage), "utf8"),
        readFile(join(folder, "memory.stat"), "utf8"),
      ]);
      return parseMemory(used, stat);
    }),
  );
}
