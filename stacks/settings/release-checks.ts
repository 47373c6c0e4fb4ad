import { type Release, releaseId } from "../../components/release/release";
import { releasedServices } from "../release-parts";
import type { Finding } from "./checks";
import type { StackConfig } from "./schema";
import type { Settings } from "./settings";

/** The release that the file holds. An empty group is what Pulumi.yaml gives who holds none. */
export function releaseOf({
  release = {},
}: Pick<StackConfig, "release">): Pick<Release, "id" | "images" | "migration"> | undefined {
  const { id, images, migration } = release;
  return id === undefined || images === undefined || migration === undefined
    ? undefined
    : { id, images, migration };
}

const mend = "remove release and deploy, or let ./backline rollback write it anew";

/** Whether the release that is held is whole, and one of this system. */
export function checkRelease(
  { release = {} }: Pick<StackConfig, "release">,
  settings: Pick<Settings, "services" | "migrations">,
): Finding[] {
  if (Object.keys(release).length === 0) return [];
  const finding = (key: string, message: string): Finding => ({
    code: "release",
    path: `release.${key}`,
    message,
  });
  const missing = (["id", "images", "migration"] as const).filter((key) => release[key] === undefined);
  if (missing.length > 0)
    return missing.map((key) => finding(key, `is not set, and the others of its group are; ${mend}`));
  const { id, images = {} } = release;
  const wanted = releasedServices(settings);
  const without = wanted.filter((name) => images[name] === undefined);
  const unknown = Object.keys(images).filter((name) => !wanted.includes(name));
  const findings = [
    ...without.map((name) =>
      finding("images", `has no image of "${name}", which the stack runs since that release; ${mend}`),
    ),
    ...unknown.map((name) =>
      finding(`images.${name}`, `is the image of a service that the stack does not run now; ${mend}`),
    ),
  ];
  if (findings.length === 0 && id !== releaseId(images))
    findings.push(finding("id", `"${id}" is not the release of these images; ${mend}`));
  return findings;
}
