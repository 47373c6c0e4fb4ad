import { isDeepStrictEqual } from "node:util";

/** One property that differs. */
export interface PropertyChange {
  /** `labels`, `build.context`. */
  readonly path: string;
  /** Undefined: there was none. */
  readonly before: unknown;
  /** Undefined: there will be none. */
  readonly after: unknown;
  /** Whether it is why the resource is replaced. */
  readonly replaces: boolean;
}

type Values = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Values =>
  value !== null && typeof value === "object" && !Array.isArray(value);

const same = (a: unknown, b: unknown): boolean => isDeepStrictEqual(a, b);

/**
 * What differs, property by property. Of lists, what left and what came, whatever its place: a new entry in the middle
 * would else look like a change of all that follow.
 */
export function propertyChanges(
  before: Values,
  after: Values,
  replacing: readonly string[] = [],
): PropertyChange[] {
  return differences("", before, after).map((change) => ({
    ...change,
    replaces: replacing.some(
      (key) =>
        change.path === key || (/^[.[]/.test(change.path.slice(key.length)) && change.path.startsWith(key)),
    ),
  }));
}

type Difference = Omit<PropertyChange, "replaces">;

function differences(path: string, before: unknown, after: unknown): Difference[] {
  if (same(before, after)) return [];
  if (isMap(before) && isMap(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .sort()
      .flatMap((key) => differences(path === "" ? key : `${path}.${key}`, before[key], after[key]));
  if (Array.isArray(before) && Array.isArray(after)) {
    const left = without(before, after).map((value) => ({ path, before: value, after: undefined }));
    const came = without(after, before).map((value) => ({ path, before: undefined, after: value }));
    // The same entries in another order.
    return left.length + came.length === 0 ? [{ path, before, after }] : [...left, ...came];
  }
  return [{ path, before, after }];
}

/** The list without what the other one has too, each as often as it is there. */
export function without<T>(list: readonly T[], other: readonly T[]): T[] {
  const rest = [...other];
  return list.filter((value) => {
    const at = rest.findIndex((candidate) => same(candidate, value));
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}
