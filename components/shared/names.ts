import { createHash, createHmac } from "node:crypto";

/** JSON with sorted keys, so that equal values give equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}

/** The first `length` hex digits of the SHA-256 of a value's canonical JSON. */
export function contentHash(value: unknown, length = 10): string {
  return createHash("sha256").update(canonical(value)).digest("hex").slice(0, length);
}

/** Like `contentHash`, but keyed, so that a name made from a secret cannot be used to guess the secret. */
export function keyedHash(key: string, value: unknown, length = 12): string {
  return createHmac("sha256", key).update(canonical(value)).digest("hex").slice(0, length);
}

/** `<stack>-<service>-<hash>`, or `<stack>-<service>-<slot>-<hash>` where a service has replicas. */
export function containerName(
  stack: string,
  service: string,
  slot: number | undefined,
  inputs: unknown,
): string {
  return [stack, service, ...(slot === undefined ? [] : [String(slot)]), contentHash(inputs)].join("-");
}

/** Labels by which Backline finds what it made, and nothing else. */
export const labels = {
  stack: "backline.stack",
  service: "backline.service",
  slot: "backline.slot",
  kind: "backline.kind",
  /** Of a bundled service: the hash of what its image is built from. */
  version: "backline.version",
  /** Of the volume that says until when an ephemeral stack lives: its name. */
  ephemeral: "backline.ephemeral",
  /** Of that volume: what is known of the stack, as JSON. */
  lease: "backline.lease",
} as const;

/** The version of a bundled service: the tag of its image, which is the hash of the content. */
export const imageVersion = (reference: string): string => reference.slice(reference.lastIndexOf(":") + 1);

/** Releases of a stack whose images stay, the present one among them, so that going back finds them. */
export const keptReleases = 5;
