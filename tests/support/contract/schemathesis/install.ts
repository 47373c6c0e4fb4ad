import { existsSync, renameSync, rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { installPackages, refreshPackageLists } from "../../../../toolchain/docker/packages";
import { findProgram } from "../../../../toolchain/docker/programs";

/** https://pypi.org/project/schemathesis/ */
export const schemathesisVersion = "4.32.5";

const cache = (): string =>
  join(
    process.env.XDG_CACHE_HOME || join(homedir(), ".cache"),
    "backline",
    `schemathesis-${schemathesisVersion}`,
  );

/** Whether Python can make a virtual environment: Debian has that in a package of its own. */
async function canMakeEnvironments(): Promise<boolean> {
  if (findProgram("python3") === undefined) return false;
  const { exitCode } = await execa("python3", ["-c", "import venv, ensurepip"], { reject: false });
  return exitCode === 0;
}

/** Says what is installed on the machine itself: a test that does so must not do it silently. */
const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function ensurePython(): Promise<void> {
  if (await canMakeEnvironments()) return;
  if (findProgram("apt-get") === undefined)
    throw new Error("there is no python3 with venv, which schemathesis needs; install Python 3.10 or newer");
  say("schemathesis needs python3 and python3-venv: installing them with apt-get.");
  await refreshPackageLists(say);
  await installPackages(["python3", "python3-venv"], say);
}

/** How schemathesis is started, after it was installed into the cache where it was missing. */
export async function ensureSchemathesis(): Promise<[program: string, ...args: string[]]> {
  const folder = cache();
  const start: [string, ...string[]] = [join(folder, "bin", "python"), "-m", "schemathesis.cli"];
  if (existsSync(folder)) return start;
  await ensurePython();
  // Made beside and renamed: what was interrupted is not taken for whole. Its scripts name the folder that they were
  // made in, so it is started as a module.
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(dirname(folder), { recursive: true });
  rmSync(unfinished, { recursive: true, force: true });
  try {
    await execa("python3", ["-m", "venv", unfinished]);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"];
    await execa(join(unfinished, "bin", "python"), [...pip, `schemathesis==${schemathesisVersion}`]);
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return start;
}
