import { execa } from "execa";
import { installPackages, refreshPackageLists } from "../../toolchain/docker/packages";
import { findProgram } from "../../toolchain/docker/programs";

/** Whether Python can make a virtual environment: Debian has that in a package of its own. */
async function canMakeEnvironments(): Promise<boolean> {
  if (findProgram("python3") === undefined) return false;
  const { exitCode } = await execa("python3", ["-c", "import venv, ensurepip"], { reject: false });
  return exitCode === 0;
}

/** Says what is installed on the machine itself: a test that does so must not do it silently. */
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Installs Python where it is missing. @param what That needs it, for the message. */
async function ensurePython(what: string): Promise<void> {
  if (await canMakeEnvironments()) return;
  if (findProgram("apt-get") === undefined)
    throw new Error(`there is no python3 with venv, which ${what} needs; install Python 3.10 or newer`);
  say(`${what} needs python3 and python3-venv: installing them with apt-get.`);
  await refreshPackageLists(say);
  await installPackages(["python3", "python3-venv"], say);
}

/** Makes a virtual environment with packages from PyPI in it. @param packages `name==version`. */
export async function makeVenv(folder: string, what: string, packages: readonly string[]): Promise<void> {
  await ensurePython(what);
  await execa("python3", ["-m", "venv", folder]);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"];
  await execa(`${folder}/bin/python`, [...pip, ...packages]);
}
