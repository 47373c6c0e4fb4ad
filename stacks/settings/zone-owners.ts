import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { record, stackOf, valuesOf } from "./stack-file";
import type { ZoneOwner } from "./zone-checks";

/** The other stacks of a directory that say that they own a zone. What is wrong with their files they say themselves. */
export function zoneOwners(directory: string, stack: string): ZoneOwner[] {
  return readdirSync(directory)
    .filter((file) => ![undefined, stack].includes(stackOf(file)))
    .sort()
    .flatMap((file) => {
      const values = valuesOf(
        record(parseDocument(readFileSync(join(directory, file), "utf8")).toJS()).config,
      );
      const { zone, zoneName = values.domain } = record(values.cloudflare);
      return zone === "owner" && typeof zoneName === "string" ? [{ file, zone: zoneName }] : [];
    });
}
