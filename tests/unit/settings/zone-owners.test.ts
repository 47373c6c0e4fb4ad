import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadFromFile } from "../../../stacks/settings";

describe("the owners of zones", () => {
  it("are read from the files of the other stacks", () => {
    const directory = mkdtempSync(join(tmpdir(), "backline-zones-"));
    const write = (stack: string, text: string) =>
      writeFileSync(join(directory, `Pulumi.${stack}.yaml`), text);
    try {
      write(
        "production",
        "config:\n  backline:domain: example.com\n  backline:cloudflare: { zone: owner }\n",
      );
      write("staging", "config:\n  backline:domain: example.com\n  backline:cloudflare: { zone: member }\n");
      write("named", "config:\n  backline:cloudflare: { zone: owner, zoneName: example.org }\n");
      write("broken", "config: [\n");
      write("empty", "");
      writeFileSync(join(directory, "Pulumi.yaml"), "name: backline\n");
      const of = (stack: string) => loadFromFile(directory, stack).zoneOwners;
      const named = { file: "Pulumi.named.yaml", zone: "example.org" };
      const production = { file: "Pulumi.production.yaml", zone: "example.com" };
      expect(of("production")).toEqual([named]);
      expect(of("staging")).toEqual([named, production]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
