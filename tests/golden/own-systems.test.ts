import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { catalogue } from "../../components/images/catalogue";
import { storeVariables } from "../../components/service/image-environment";
import { imageService, imageServiceHealth } from "../../stacks/settings/system-schema";
import { example } from "../../stacks/systems/example";

const root = join(import.meta.dirname, "..", "..");
const path = join(root, "docs", "own-systems.md");
const source = readFileSync(join(root, "stacks", "systems", "example.ts"), "utf8");

/** Where the example stands in the page. */
const place = /(?<=<!-- stacks\/systems\/example\.ts -->\n\n```ts\n)[\s\S]*?(?=```)/;
if (process.env.UPDATE_GOLDEN === "1")
  writeFileSync(
    path,
    readFileSync(path, "utf8").replace(place, () => source),
  );
const page = readFileSync(path, "utf8");

describe("docs/own-systems.md", () => {
  it("shows the example as it is", () => {
    expect(place.exec(page)?.[0]).toBe(source);
  });

  it("explains every key of a service from an image", () => {
    const keys = [
      ...Object.keys(imageService.shape),
      ...Object.keys(imageService.shape.ports.shape).map((key) => `ports.${key}`),
      ...Object.keys(imageServiceHealth.shape).map((key) => `health.${key}`),
    ].filter((key) => key !== "ports" && key !== "health");
    expect(keys.length).toBeGreaterThan(20);
    expect(keys.filter((key) => !page.includes(`| \`${key}\` |`))).toEqual([]);
  });

  it("names every variable that tells of a store", () => {
    const variables = Object.values(storeVariables).flat();
    expect(variables.filter((variable) => !page.includes(`\`${variable}\``))).toEqual([]);
  });
});

describe("the example", () => {
  it("runs images of the catalogue alone, which are there on every network", () => {
    const known = Object.values(catalogue).map(({ repository, tag }) => `${repository}:${tag}`);
    const images = Object.values(example.services).map(({ image }) => image);
    expect(images.filter((image) => image === undefined || !known.includes(image))).toEqual([]);
  });
});
