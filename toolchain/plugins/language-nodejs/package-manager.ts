import { spawn } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import type { RuntimeOptions } from "./options";

type PackageManager = Exclude<RuntimeOptions["packagemanager"], "auto">;

const LOCK_FILES: Record<string, PackageManager> = {
  "yarn.lock": "yarn",
  "pnpm-lock.yaml": "pnpm",
  "bun.lock": "bun",
  "bun.lockb": "bun",
};

/** The package manager of a directory: the one asked for, or the one whose lock file is there, or npm. */
export function packageManager(wanted: RuntimeOptions["packagemanager"], directory: string): PackageManager {
  if (wanted !== "auto") {
    return wanted;
  }
  const found = Object.entries(LOCK_FILES).find(([file]) => existsSync(join(directory, file)));
  return found === undefined ? "npm" : found[1];
}

/**
 * The version of an installed package manager, or "". Read from its package.json: the engine asks at each run, and
 * starting npm only for its version takes longer than the rest of the language host.
 */
export function packageManagerVersion(manager: PackageManager): string {
  for (const directory of (process.env.PATH ?? "").split(delimiter)) {
    const executable = join(directory, manager);
    if (existsSync(executable)) {
      return versionAbove(dirname(realpathSync(executable)));
    }
  }
  return "";
}

function versionAbove(directory: string): string {
  const manifest = join(directory, "package.json");
  if (!existsSync(manifest)) {
    return dirname(directory) === directory ? "" : versionAbove(dirname(directory));
  }
  const { version } = JSON.parse(readFileSync(manifest, "utf8"));
  return typeof version === "string" ? version : "";
}

/**
 * Runs `<manager> install` in a directory.
 * @param onOutput Receives what it prints while it runs.
 * @throws Error when it cannot be started or fails.
 */
export function installDependencies(
  manager: PackageManager,
  directory: string,
  onOutput: (stream: "stdout" | "stderr", chunk: Buffer) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(manager, ["install"], { cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.on("data", (chunk: Buffer) => onOutput("stdout", chunk));
    child.stderr.on("data", (chunk: Buffer) => onOutput("stderr", chunk));
    child.once("error", (error) => reject(new Error(`${manager} could not be started: ${error.message}`)));
    child.once("close", (code) => {
      if (code === 0) {
        resolve();
      } else {
        reject(new Error(`"${manager} install" in ${directory} ended with exit code ${code}`));
      }
    });
  });
}
