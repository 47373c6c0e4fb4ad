import { readdir, readFile } from "node:fs/promises";

/** The ids of the running processes with this name (Linux; none elsewhere). */
export async function processesNamed(name: string): Promise<number[]> {
  const entries = await readdir("/proc").catch(() => []);
  const ids = entries.filter((entry) => /^\d+$/.test(entry)).map(Number);
  const names = await Promise.all(ids.map(processName));
  return ids.filter((_, index) => names[index] === name);
}

/** The name of a process, or undefined if it does not run. */
export async function processName(id: number): Promise<string | undefined> {
  const name = await readFile(`/proc/${id}/comm`, "utf8").catch(() => undefined);
  return name?.trim();
}
