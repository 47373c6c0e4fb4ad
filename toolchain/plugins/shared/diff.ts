import { isDeepStrictEqual } from "node:util";
import { isObject, isSecret, type Properties, readAsset, type Value } from "./values";

export type ChangeKind = "add" | "delete" | "update";

/** What differs at one path, such as `triggers[0]` or `environment["A.B"]`. */
export interface Change {
  readonly path: string;
  /** The property that the path begins with. */
  readonly property: string;
  readonly kind: ChangeKind;
}

/**
 * The changes from old to new inputs, path by path. The engine's own entries (`version`, `__defaults`) do not
 * count. A value that only became secret, or is no longer, has changed: the state must learn of it.
 */
export function changes(olds: Properties, news: Properties): Change[] {
  const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter(
    (name) => name !== "version" && !name.startsWith("__"),
  );
  return names.sort().flatMap((property) => {
    const found = compare(property, olds[property], news[property]);
    return found.map(({ path, kind }) => ({ path, kind, property }));
  });
}

function compare(
  path: string,
  old: Value | undefined,
  fresh: Value | undefined,
): { path: string; kind: ChangeKind }[] {
  if (old === undefined || old === null) {
    return fresh === undefined || fresh === null ? [] : [{ path, kind: "add" }];
  }
  if (fresh === undefined || fresh === null) {
    return [{ path, kind: "delete" }];
  }
  if (Array.isArray(old) && Array.isArray(fresh)) {
    const length = Math.max(old.length, fresh.length);
    return Array.from({ length }, (_, index) =>
      compare(`${path}[${index}]`, old[index], fresh[index]),
    ).flat();
  }
  if (isPlainObject(old) && isPlainObject(fresh)) {
    const keys = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].sort();
    return keys.flatMap((key) => compare(path + step(key), old[key], fresh[key]));
  }
  return same(old, fresh) ? [] : [{ path, kind: "update" }];
}

function isPlainObject(value: Value): value is { [key: string]: Value } {
  return isObject(value) && !isSecret(value) && readAsset(value) === undefined;
}

/** Assets are compared by content: the engine leaves the content itself out of old values. */
function same(old: Value, fresh: Value): boolean {
  const [oldHash, freshHash] = [readAsset(old)?.hash, readAsset(fresh)?.hash];
  return oldHash !== undefined && freshHash !== undefined && oldHash !== ""
    ? oldHash === freshHash
    : isDeepStrictEqual(old, fresh);
}

function step(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
