import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { bundleServices } from "../../../stacks/bundles";
import { audifi } from "../../../stacks/systems/audifi";
import { root as project } from "../../support/backline";
import { settingsOfSystem } from "../../support/systems";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "backline-bundles-"));
  for (const file of ["bundle.ts", "bundle-site.ts"])
    cpSync(join(project, "components", "images", file), join(root, "components", "images", file));
  write("package-lock.json", "{}");
  write("services/runtime/probe.ts", "");
  write("services/operations/main.ts", "");
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Bundles a worker of this source; answers where. */
async function bundled(source: string): Promise<string> {
  write("services/worker/main.ts", source);
  const settings = settingsOfSystem(audifi);
  const worker = settings.services.filter(({ name }) => name === "worker");
  const bundles = await bundleServices({ ...settings, migrations: undefined, services: worker }, root);
  return bundles.worker?.directory ?? "";
}

const build = (): string => join(root, ".backline", "build");
/** Everything there was last used so many days ago. */
function age(days: number): void {
  const then = new Date(Date.now() - days * 24 * 60 * 60 * 1000);
  for (const name of readdirSync(build())) utimesSync(join(build(), name), then, then);
}

it("bundles are kept for a month after their last use, and then removed by the next new one", async () => {
  const first = await bundled("console.log(1)");
  age(31);
  expect(await bundled("console.log(1)")).toBe(first);
  const second = await bundled("console.log(2)");
  expect([existsSync(first), existsSync(second)]).toEqual([true, true]);
  age(31);
  const third = await bundled("console.log(3)");
  expect([first, second, third].map((path) => existsSync(path))).toEqual([false, false, true]);
  expect(readdirSync(build())).toHaveLength(2);
});

it("a bundle that somebody removed is made again", async () => {
  const first = await bundled("console.log(1)");
  rmSync(first, { recursive: true });
  expect(await bundled("console.log(1)")).toBe(first);
  expect(existsSync(first)).toBe(true);
});
