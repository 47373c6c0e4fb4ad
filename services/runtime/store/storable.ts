import { isStorable } from "../../contract/text";

/** The keys that lead to the first text or key in `json` that `jsonb` cannot keep; undefined when it can keep all. */
export function findUnstorable(json: unknown): string[] | undefined {
  if (typeof json === "string") return isStorable(json) ? undefined : [];
  if (typeof json !== "object" || json === null) return undefined;
  for (const [key, value] of Object.entries(json)) {
    // A key that cannot be kept is not repeated in an answer either.
    if (!isStorable(key)) return [];
    const inside = findUnstorable(value);
    if (inside !== undefined) return [key, ...inside];
  }
  return undefined;
}
