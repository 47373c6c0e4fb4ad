import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseYaml } from "./parse-yaml";
import { record, stackOf, valuesOf } from "./stack-file";
import type { ZoneOwner } from "./zone-checks";

/** The other stacks of a directory that say that they own a zone. What is wrong with their files they say themselves. */
export function zoneOwners(directory: string, stack: string): ZoneOwner[] {
  return readdirSync(directory)
    .filter((file) => ![undefined, stack].includes(stackOf(file)))
    .sort()
    .flatMap((file) => {
      const parsed = parseYaml(readFileSync(join(directory, file), "utf8"));
      const values = valuesOf("fault" in parsed ? {} : record(parsed.value).config);
      const { zone, zoneName = values.domain } = record(values.cloudflare);
      return zone === "owner" && typeof zoneName === "string" ? [{ file, zone: zoneName }] : [];
    });
}
