import { type StackConfig, stackConfig } from "./schema";

/** Takes away what stands at a path; the group or the entry around it where nothing does, which was what is wrong. */
function remove(top: unknown, path: readonly PropertyKey[]): void {
  const [last] = path.slice(-1);
  if (last === undefined) return;
  const around = path
    .slice(0, -1)
    .reduce<unknown>(
      (here, key) => (here !== null && typeof here === "object" ? Reflect.get(here, key) : undefined),
      top,
    );
  if (around === null || typeof around !== "object") return;
  if (!(last in around)) remove(top, path.slice(0, -1));
  else if (Array.isArray(around)) around.splice(Number(last), 1);
  else Reflect.deleteProperty(around, last);
}

/** Later entries of a list first, so that the places of the others stay. */
const byPlace = (a: readonly PropertyKey[], b: readonly PropertyKey[]): number =>
  b.map(String).join(".").localeCompare(a.map(String).join("."), "en", { numeric: true });

/** Rounds until it is given up: what was taken away can leave a list too short, or an entry without a key that it needs. */
const rounds = 20;

/** The keys that can be used although others are wrong, so that every mistake is reported at once. */
export function usable(values: Readonly<Record<string, unknown>>): StackConfig {
  const copy: Record<string, unknown> = structuredClone({ ...values });
  for (let round = 0; round < rounds; round += 1) {
    const parsed = stackConfig.safeParse(copy);
    if (parsed.success) return parsed.data;
    const paths = parsed.error.issues.flatMap((issue) =>
      issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path],
    );
    const unlike = new Map(paths.map((path) => [path.map(String).join("."), path]));
    for (const path of [...unlike.values()].sort(byPlace)) remove(copy, path);
  }
  return {};
}
