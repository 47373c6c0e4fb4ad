import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** A property value as it travels between engine and plugin, special values included. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
/** The properties of a resource. */
export type Properties = { [key: string]: Value };

/** The key that tells a special value from an object of the user's. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";

/** Stands for a value that is known only after the deployment. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A file or a text as a property. `hash` is the SHA-256 of its content, in hexadecimal. */
export interface Asset {
  readonly kind: "asset";
  readonly hash: string;
  readonly path?: string;
  readonly text?: string;
}

/** A directory or archive file as a property. */
export interface Archive {
  readonly kind: "archive";
  readonly hash: string;
  readonly path?: string;
}

export function fromStruct(struct: Struct | undefined): Properties {
  return struct === undefined ? {} : (struct.toJavaScript() as Properties);
}

export function toStruct(properties: Properties): Struct {
  return Struct.fromJavaScript(properties);
}

export function isObject(value: Value | undefined): value is { [key: string]: Value } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isSecret(value: Value | undefined): value is { [key: string]: Value } {
  return isObject(value) && value[SIGNATURE] === SECRET;
}

/** Marks a value as secret; a secret stays as it is. */
export function asSecret(value: Value): Value {
  return isSecret(value) ? value : { [SIGNATURE]: SECRET, value: reveal(value) };
}

/** The value without any mark of secrecy, at any depth. */
export function reveal(value: Value): Value {
  if (isSecret(value)) {
    return reveal(value.value ?? null);
  }
  if (Array.isArray(value)) {
    return value.map(reveal);
  }
  return isObject(value) ? revealAll(value) : value;
}

/** `reveal` for all properties. */
export function revealAll(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, reveal(value)]));
}

/** Whether a value is, or holds at any depth, one for which `found` is true. */
export function contains(value: Value | undefined, found: (value: Value) => boolean): boolean {
  if (value === undefined) {
    return false;
  }
  if (found(value)) {
    return true;
  }
  const children = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  return children.some((child) => contains(child, found));
}

export function containsSecret(value: Value | undefined): boolean {
  return contains(value, isSecret);
}

export function containsUnknown(value: Value | undefined): boolean {
  return contains(value, (it) => it === UNKNOWN);
}

/** Every text that is marked as secret, at any depth. */
export function secretTexts(value: Value, inSecret = false): string[] {
  if (typeof value === "string") {
    return inSecret ? [value] : [];
  }
  if (isSecret(value)) {
    return secretTexts(value.value ?? null, true);
  }
  const children = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  return children.flatMap((child) => secretTexts(child, inSecret));
}

/** Reads an asset or archive; undefined for any other value. */
export function readAsset(value: Value | undefined): Asset | Archive | undefined {
  if (!isObject(value)) {
    return undefined;
  }
  const { hash, path, text } = value;
  const located = {
    hash: typeof hash === "string" ? hash : "",
    ...(typeof path === "string" && path !== "" ? { path } : {}),
  };
  if (value[SIGNATURE] === ARCHIVE) {
    return { kind: "archive", ...located };
  }
  if (value[SIGNATURE] !== ASSET) {
    return undefined;
  }
  return {
    kind: "asset",
    ...located,
    ...(located.path === undefined && typeof text === "string" ? { text } : {}),
  };
}

/** A file as a property value. */
export function fileAsset(path: string, hash: string): Value {
  return { [SIGNATURE]: ASSET, path, hash };
}

/** Several files as one archive; `hash` identifies its content. */
export function assetArchive(assets: { [name: string]: Value }, hash: string): Value {
  return { [SIGNATURE]: ARCHIVE, assets, hash };
}
