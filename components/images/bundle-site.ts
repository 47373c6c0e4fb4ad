import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { filesBelow } from "../shared/files-below";
import { type Bundle, keepBundle } from "./bundle";

export interface SiteSource {
  readonly name: string;
  /** Folder with `index.html`, `vite.config.ts` and `Caddyfile`, relative to the project's root. */
  readonly folder: string;
}

/** `/app/site` holds the files, `/app/Caddyfile` says how they are served. */
export const siteDockerfile = (base: string): string =>
  [
    `FROM ${base}`,
    "COPY app/ /app/",
    "USER 1000:1000",
    'CMD ["caddy", "run", "--adapter", "caddyfile", "--config", "/app/Caddyfile"]',
    "",
  ].join("\n");

/**
 * Builds a front end with Vite on this machine, which asks no network. The result is in `<root>/.backline/build/<name>-<hash>`,
 * and an unchanged source gives the same hash, in every checkout.
 * @throws Error with what Vite said where the site does not build.
 */
export async function bundleSite({ name, folder }: SiteSource, base: string, root: string): Promise<Bundle> {
  const output = join(root, ".backline", "build");
  mkdirSync(output, { recursive: true });
  const staging = mkdtempSync(join(output, `.${name}-`));
  try {
    await vite(root, folder, staging);
    const files = new Map([["Caddyfile", readFileSync(join(root, folder, "Caddyfile"))]]);
    for (const path of filesBelow(staging))
      files.set(join("site", path.slice(staging.length + 1)), readFileSync(path));
    return keepBundle(name, "caddy", siteDockerfile(base), files, output);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** A process of its own: Vite sets variables of its process, and the result must not follow those of this one. */
async function vite(root: string, folder: string, output: string): Promise<void> {
  const program = join(root, "node_modules", "vite", "bin", "vite.js");
  const args = ["build", folder, "--outDir", output, "--emptyOutDir", "--logLevel", "warn"];
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, NODE_ENV: "production", NO_COLOR: "1" };
  await promisify(execFile)(process.execPath, [program, ...args], { cwd: root, env }).catch(
    (error: unknown) => {
      const { stderr, stdout } = Object(error) as { stderr?: string; stdout?: string };
      const said = [stderr, stdout].filter(Boolean).join("\n").trim() || String(error);
      throw new Error(`vite build ${folder}: ${said}`);
    },
  );
}
