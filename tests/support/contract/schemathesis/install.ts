import { existsSync, renameSync, rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { makeVenv } from "../../python";

/** https://pypi.org/project/schemathesis/ */
export const schemathesisVersion = "4.32.5";

const cache = (): string =>
  join(
    process.env.XDG_CACHE_HOME || join(homedir(), ".cache"),
    "backline",
    `schemathesis-${schemathesisVersion}`,
  );

/** How schemathesis is started, after it was installed into the cache where it was missing. */
export async function ensureSchemathesis(): Promise<[program: string, ...args: string[]]> {
  const folder = cache();
  const start: [string, ...string[]] = [join(folder, "bin", "python"), "-m", "schemathesis.cli"];
  if (existsSync(folder)) return start;
  // Made beside and renamed: what was interrupted is not taken for whole. Its scripts name the folder that they were
  // made in, so it is started as a module.
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(dirname(folder), { recursive: true });
  rmSync(unfinished, { recursive: true, force: true });
  try {
    await makeVenv(unfinished, "schemathesis", [`schemathesis==${schemathesisVersion}`]);
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return start;
}
