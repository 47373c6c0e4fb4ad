import { join } from "node:path";
import { execa } from "execa";
import { root } from "./backline";

/** Runs the command line as the launcher does. */
export async function run(
  ...args: string[]
): Promise<{ code: number | undefined; stdout: string; stderr: string }> {
  const main = join(root, "scripts", "main.ts");
  const result = await execa(process.execPath, ["--import", "tsx", main, ...args], {
    cwd: root,
    reject: false,
    stdin: "ignore",
  });
  return { code: result.exitCode, stdout: result.stdout, stderr: result.stderr };
}
