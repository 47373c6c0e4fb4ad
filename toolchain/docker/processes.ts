import { readdir, readFile } from "node:fs/promises";

/** The ids of the running processes with this name (Linux; none elsewhere). */
export async function processesNamed(name: string): Promise<number[]> {
  const entries = await readdir("/proc").catch(() => []);
  const ids = entries.filter((entry) => /^\d+$/.test(entry)).map(Number);
  const names = await Promise.all(ids.map(processName));
  return ids.filter((_, index) => names[index] === name);
}

/** The name of a process, or undefined if it does not run; one that ended and was not collected does not. */
async function processName(id: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${id}/stat`, "utf8").catch(() => "");
  const [, name, state] = /^\d+ \((.*)\) (\S)/s.exec(stat) ?? [];
  return state === "Z" ? undefined : name;
}
