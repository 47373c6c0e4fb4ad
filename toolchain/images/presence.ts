import { z } from "zod";
import { ask } from "../docker/run";

/** Label of a stand-in; its value is the key of what it was made from. */
export const standInLabel = "backline.standin";

/** Label of the images that stand-ins take their files from. */
export const stageLabel = "backline.standin.stage";

/**
 * `current`: made from today's sources; `outdated`: made from others; `official`: not made here, left alone; `missing`.
 */
export type Presence = "current" | "outdated" | "official" | "missing";

const image = z.object({
  Id: z.string(),
  RepoTags: z.array(z.string()).nullable(),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
});
export type FoundImage = z.infer<typeof image>;

/** The images that Docker has of these references. */
export async function findImages(references: readonly string[]): Promise<FoundImage[]> {
  if (references.length === 0) return [];
  // Fails if one is missing, and yet prints the others.
  const { stdout } = await ask(["docker", "image", "inspect", ...references], 30);
  const text = stdout.trim();
  return text === "" ? [] : z.array(image).parse(JSON.parse(text));
}

/** What is there under a reference, seen against the key it should have. */
export function presence(found: readonly FoundImage[], reference: string, key: string): Presence {
  const match = found.find(({ RepoTags }) => RepoTags?.includes(reference));
  if (match === undefined) return "missing";
  const label = match.Config?.Labels?.[standInLabel];
  if (label === undefined) return "official";
  return label === key ? "current" : "outdated";
}

/** Whether any of these was made here. */
export const hasStandIns = (found: readonly FoundImage[]): boolean =>
  found.some(({ Config }) => Config?.Labels?.[standInLabel] !== undefined);
