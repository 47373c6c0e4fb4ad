import { readdir, readFile } from "node:fs/promises";

/** The ids of this machine's running processes with this name (Linux; none elsewhere), not those of containers. */
export async function processesNamed(name: string): Promise<number[]> {
  const entries = await readdir("/proc").catch(() => []);
  const ids = entries.filter((entry) => /^\d+$/.test(entry)).map(Number);
  const self = parseStatus(await status("self"));
  const found = await Promise.all(ids.map(async (id) => parseStatus(await status(String(id)))));
  return ids.filter((_, index) => {
    const other = found[index];
    return other?.name === name && !other.ended && other.depth === self?.depth;
  });
}

const status = (id: string): Promise<string> => readFile(`/proc/${id}/status`, "utf8").catch(() => "");

export interface ProcessStatus {
  readonly name: string;
  /** It ended and was not collected. */
  readonly ended: boolean;
  /** Process namespaces that it is in: a container's process is in one more than this machine's. */
  readonly depth: number;
}

/** Reads `/proc/<id>/status`; undefined if the process is gone. */
export function parseStatus(text: string): ProcessStatus | undefined {
  const field = (name: string): string | undefined => new RegExp(`^${name}:\\s*(.*)$`, "m").exec(text)?.[1];
  const name = field("Name");
  if (name === undefined) return undefined;
  const ids = field("NSpid")?.split(/\s+/) ?? [];
  return { name, ended: field("State")?.startsWith("Z") ?? false, depth: ids.length };
}
