import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
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

/** The version that a package manager gives of itself, or "" when it is not installed. */
export async function packageManagerVersion(manager: PackageManager): Promise<string> {
  try {
    return (await promisify(execFile)(manager, ["--version"])).stdout.trim();
  } catch {
    return "";
  }
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
