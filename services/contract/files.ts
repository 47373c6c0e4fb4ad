import { z } from "zod";
import { identifier, text, timestamp } from "./text";

/** Seconds that a signed link is good for. */
export const fileLinkSeconds = 3_600;

/** Bytes of the largest file. */
export const largestFile = 100 * 1024 * 1024;

/** Types that are taken; a link is signed for one type and one length, and the store refuses anything else. */
export const fileTypes = [
  "image/jpeg",
  "image/png",
  "image/webp",
  "image/gif",
  "audio/mpeg",
  "audio/ogg",
  "audio/wav",
  "video/mp4",
  "video/webm",
  "application/pdf",
  "text/plain",
] as const;

export const fileRequest = z.strictObject({
  name: text(200).refine((name) => !/[\\/]/.test(name), "must not contain a slash"),
  type: z.string().max(100).describe("Media type; one that is not taken is answered by 422"),
  bytes: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  room: identifier.optional().describe("Members of this room may download the file, too"),
});
export type FileRequest = z.infer<typeof fileRequest>;

const file = z.object({
  id: identifier,
  name: z.string(),
  type: z.string(),
  bytes: z.number().int(),
  createdAt: timestamp,
});

const link = z.object({
  method: z.enum(["PUT", "GET"]),
  url: z.string(),
  headers: z.record(z.string(), z.string()).describe("To be sent as they are: they are signed"),
  expiresAt: timestamp,
});
export type FileLink = z.infer<typeof link>;

export const fileCreated = file.extend({ upload: link });
export const fileAnswer = file.extend({ download: link });
