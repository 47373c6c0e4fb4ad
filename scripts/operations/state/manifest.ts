import { createHash } from "node:crypto";
import { z } from "zod";

const file = z.object({ size: z.number(), sha256: z.string() });

/** `backup.json` of a backup: what it is of, and how to tell whether its files are whole. */
export const manifest = z.object({
  version: z.literal(1),
  stack: z.string(),
  /** When it was made. */
  time: z.iso.datetime(),
  /** `before up`, `by hand` */
  reason: z.string(),
  /** `user@machine` */
  by: z.string(),
  /** Folder of the backend that the state is of. */
  backend: z.string(),
  /** Where the passphrase is that its secrets need, in words; the backup does not hold it. */
  passphrase: z.string(),
  /** By name, as far as there was such a file. */
  files: z.record(z.string(), file),
});
export type Manifest = z.output<typeof manifest>;

/** Name of the manifest's own file. */
export const manifestFile = "backup.json";

/** Names of the other files; the stack's file keeps its own name. */
export const stateName = "state.json";
/** The engine's own copy, beside a state that cannot be read. */
export const previousName = "state.json.bak";

export const describeFile = (content: Buffer): z.output<typeof file> => ({
  size: content.length,
  sha256: createHash("sha256").update(content).digest("hex"),
});
