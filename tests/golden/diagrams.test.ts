import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { checkStack } from "../../scripts/operations/check-stack";
import { renderDiagram } from "../../stacks/diagram";
import { root } from "../support/backline";
import { mermaidErrors } from "../support/linters/mermaid";
import { settingsOf } from "../support/plans";

const folder = join(import.meta.dirname, "diagrams");
const update = process.env.UPDATE_GOLDEN === "1";

/** A description of the golden tests. */
const described = (name: string, stack: string) =>
  settingsOf(readFileSync(join(import.meta.dirname, name, "stack.yaml"), "utf8"), stack);

/** A stack of this repository, which lacks some of what its first deploy needs. */
const committed = (stack: string) => checkStack(root, stack, { missing: "warn" }).settings;

const cases = [
  { name: "dev", settings: described("audifi-dev", "dev") },
  { name: "staging", settings: committed("staging") },
  { name: "production", settings: committed("production") },
  // With everything outside that the services can use.
  { name: "production-with-externals", settings: described("audifi-production", "production") },
].map((one) => ({ ...one, path: join(folder, `${one.name}.mmd`) }));

/** Where the diagram stands in a page. */
const place = /(?<=<!-- diagram -->\n\n```mermaid\n)[\s\S]*?(?=```)/;

const readme = join(root, "README.md");
const production = cases.find(({ name }) => name === "production");

if (update) {
  for (const { path, settings } of cases) writeFileSync(path, renderDiagram(settings));
  const text = readFileSync(readme, "utf8");
  if (production)
    writeFileSync(
      readme,
      text.replace(place, () => renderDiagram(production.settings)),
    );
}

describe("diagrams", () => {
  it.each(cases)("of $name are drawn as expected", ({ path, settings }) => {
    expect(renderDiagram(settings)).toBe(readFileSync(path, "utf8"));
  });

  it("is in README.md as ./backline diagram production prints it", () => {
    expect(place.exec(readFileSync(readme, "utf8"))?.[0]).toBe(
      production && renderDiagram(production.settings),
    );
  });

  it("hold no secret, and of URLs that may hold one the host alone", () => {
    for (const { settings } of cases) {
      expect(renderDiagram(settings)).not.toContain("-value");
      expect(renderDiagram(settings)).not.toContain("/hooks");
    }
  });

  it("of a stack that runs show its release, and the replicas that there are", () => {
    const [dev] = cases;
    const containers = ["api", "api", "api", "ws", "worker"].map((service) => ({ service }));
    const text = dev && renderDiagram(dev.settings, { release: "0123456789ab", containers });
    expect(text).toContain('title: "audifi, dev, release 0123456789ab"');
    expect(text).toContain('service_api["api ×3<br/>3000"]');
    expect(text).toContain('service_web["web, front end ×0<br/>3003"]');
  });
});

describe("Mermaid", () => {
  const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => join("docs", name))].filter(
    (name) => name.endsWith(".md"),
  );
  const blocks = pages.flatMap((page) =>
    [...readFileSync(join(root, page), "utf8").matchAll(/```mermaid\n([\s\S]*?)```/g)].map(
      ([, text = ""]) => text,
    ),
  );
  const texts = [...cases.map(({ settings }) => renderDiagram(settings)), ...blocks];
  let errors: (string | null)[];
  beforeAll(async () => {
    errors = await mermaidErrors([...texts, "flowchart LR\n  a[open --> b"]);
  }, 300_000);

  it("reads every diagram, those in the pages among them", () => {
    expect(blocks.length).toBeGreaterThan(0);
    expect(errors.slice(0, -1)).toEqual(texts.map(() => null));
  });

  it("finds what is wrong with one that it cannot read", () => {
    expect(errors.at(-1)).toMatch(/^Parse error on line \d/);
  });
});
