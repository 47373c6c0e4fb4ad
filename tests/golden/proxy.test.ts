import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { configFiles, renderCaddyfile } from "../../components/proxy";
import { reveal } from "../../components/shared/files";
import { nameKey, proxyCases } from "./proxy-cases";

const folder = join(import.meta.dirname, "proxy");

/** The Caddyfiles, and the parts of them that stand in files of their own. */
const rendered = Object.entries(proxyCases).flatMap(([name, routing]): [string, string][] => [
  [`${name}.Caddyfile`, renderCaddyfile(routing)],
  ...configFiles({ ...routing, nameKey })
    .filter((file) => file.name.endsWith(".caddy"))
    .map((file): [string, string] => [file.name, reveal(file.content)]),
]);

/** `UPDATE_GOLDEN=1` writes what is rendered now; the change is then reviewed as a diff. */
if (process.env.UPDATE_GOLDEN === "1") {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [name, text] of rendered) writeFileSync(join(folder, name), text);
}

describe("a setting of the proxy", () => {
  it("has a Caddyfile each", () => {
    expect(readdirSync(folder).sort()).toEqual(rendered.map(([name]) => name).sort());
  });

  it.each(rendered)("renders %s as expected", (name, text) => {
    expect(text).toBe(readFileSync(join(folder, name), "utf8"));
  });
});
