import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PrebuiltOutput, writeOutput } from "../../components/frontend";
import { buildCommand } from "../../components/frontend/plan";
import { bundleSite } from "../../components/images";
import { clusterPlan } from "../support/front-end-plans";

const root = join(import.meta.dirname, "..", "..");

/** Paths as Vercel gets them, each with its size and hash. */
const withoutPrefix = ({ files, pathPrefix }: PrebuiltOutput) =>
  Object.fromEntries(Object.entries(files).map(([path, digest]) => [path.slice(pathPrefix.length), digest]));

describe("the front end as Vercel takes it", () => {
  const plan = clusterPlan();
  let directory = "";
  let site = "";
  let sent: PrebuiltOutput = { files: {}, pathPrefix: "" };

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "backline-front-end-"));
    for (const entry of ["node_modules", "services", "package.json", "tsconfig.json"])
      symlinkSync(join(root, entry), join(directory, entry));
    site = join(
      (await bundleSite({ name: "web", folder: "services/web" }, "caddy", directory)).directory,
      "app",
      "site",
    );
    sent = writeOutput(plan, site, join(directory, "build"));
  }, 120_000);
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it("is the build that the host would serve, and beside it where the platform is and how to answer", () => {
    const paths = Object.keys(withoutPrefix(sent)).map((path) => path.replace(/-[\w-]{8}\./, "-HASH."));
    expect(paths.sort()).toEqual([
      "/.vercel/output/config.json",
      "/.vercel/output/static/assets/index-HASH.css",
      "/.vercel/output/static/assets/index-HASH.js",
      "/.vercel/output/static/config.json",
      "/.vercel/output/static/favicon.svg",
      "/.vercel/output/static/index.html",
      "/.vercel/output/static/stale.js",
    ]);
    const text = (path: string) => readFileSync(resolve(sent.pathPrefix, ".vercel", "output", path), "utf8");
    expect(text("config.json")).toBe(plan.output.config);
    expect(text("static/config.json")).toBe(plan.output.site);
    expect(text("static/index.html")).toBe(readFileSync(join(site, "index.html"), "utf8"));
  });

  it("tells files as the provider does: size and SHA-1", () => {
    for (const [path, digest] of Object.entries(sent.files)) {
      const content = readFileSync(path);
      expect(digest).toBe(`${content.length}~${createHash("sha1").update(content).digest("hex")}`);
    }
  });

  it("has the same name for the same content, and another for another", () => {
    expect(writeOutput(plan, site, join(directory, "build"))).toEqual(sent);
    const other = writeOutput(
      clusterPlan({ api: "https://api.example.com" }),
      site,
      join(directory, "build"),
    );
    expect(other.pathPrefix).not.toBe(sent.pathPrefix);
  });

  it("is what Vercel builds from the repository", async () => {
    const command = buildCommand("web");
    expect(command.length).toBeLessThanOrEqual(256);
    const values = Object.fromEntries(
      plan.variables.flatMap(({ key, target, value }) =>
        target === "production" ? [[key, String(value)]] : [],
      ),
    );
    await execa("sh", ["-c", command], { cwd: directory, env: { ...values, NODE_ENV: "production" } });
    const built = join(directory, ".vercel", "output");
    for (const path of Object.keys(withoutPrefix(sent))) {
      const name = path.slice("/.vercel/output/".length);
      expect(readFileSync(join(built, name), "utf8"), name).toBe(
        readFileSync(resolve(sent.pathPrefix, ".vercel", "output", name), "utf8"),
      );
    }
  }, 120_000);
});
