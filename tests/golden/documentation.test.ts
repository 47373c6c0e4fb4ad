import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { renderFaultsPage } from "../../scripts/operations/faults/page";
import { renderWebsocketPage } from "../../services/ws/page";
import { renderConfigurationPage, renderErrorsPage } from "../../stacks/settings/document";
import { stackConfig } from "../../stacks/settings/schema";

const root = join(import.meta.dirname, "..", "..");
const pages = {
  "configuration.md": renderConfigurationPage(),
  "errors.md": renderErrorsPage(),
  "faults.md": renderFaultsPage(),
  "websocket.md": renderWebsocketPage(),
};
if (process.env.UPDATE_GOLDEN === "1")
  for (const [name, text] of Object.entries(pages)) writeFileSync(join(root, "docs", name), text);

describe("documentation", () => {
  it.each(Object.entries(pages))("has %s as the schema says", (name, text) => {
    expect(readFileSync(join(root, "docs", name), "utf8")).toBe(text);
  });

  it("describes and defaults every key in Pulumi.yaml", () => {
    const { config } = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8"));
    expect(Object.keys(config)).toEqual(Object.keys(stackConfig.shape));
    for (const declaration of Object.values(config))
      expect(declaration).toMatchObject({
        type: expect.any(String),
        default: expect.anything(),
        description: expect.any(String),
      });
  });
});
