import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Document, isMap, parseDocument } from "yaml";
import type { Release } from "../../components/release/release";
import { InputError } from "../../components/shared/errors";
import { stackFile } from "../../stacks/settings/load-file";
import { replaceFile } from "./state/durable";

/** Value of a key under `backline:`; groups are merged key by key. */
export type StackValues = Readonly<Record<string, unknown>>;

/** The text of a stack's file with the given keys set, everything else and the comments as they were. */
export function withValues(text: string, values: StackValues): string {
  const document = text.trim() === "" ? new Document({}) : parseDocument(text);
  if (document.contents === null || !isMap(document.contents)) document.contents = document.createNode({});
  if (!isMap(document.get("config"))) document.set("config", document.createNode({}));
  for (const [key, value] of Object.entries(values)) set(document, ["config", `backline:${key}`], value);
  return stackFileText(document);
}

function set(document: Document, path: readonly string[], value: unknown): void {
  const isGroup = value !== null && typeof value === "object" && !Array.isArray(value);
  if (isGroup && isMap(document.getIn(path))) {
    for (const [key, inner] of Object.entries(value)) set(document, [...path, key], inner);
    return;
  }
  document.setIn(path, document.createNode(value));
}

/** Sets keys in `Pulumi.<stack>.yaml`, in one step. A file that is not valid YAML is an InputError. */
export function setStackValues(root: string, stack: string, values: StackValues, heading?: string): void {
  editStackFile(root, stack, (text) => withValues(text, values), heading);
}

/** Changes the text of `Pulumi.<stack>.yaml`, in one step. A file that is not valid YAML is an InputError. */
export function editStackFile(
  root: string,
  stack: string,
  edit: (text: string) => string,
  heading = "",
): void {
  const file = stackFile(stack);
  const path = join(root, file);
  const text = existsSync(path) ? readFileSync(path, "utf8") : heading;
  if (parseDocument(text).errors.length > 0)
    throw new InputError([{ code: "yaml", file, path: "", message: "is not valid YAML; mend it first" }]);
  replaceFile(path, edit(text));
}

/** The text of a stack's file, in the form that Pulumi writes: long lines stay whole. */
export const stackFileText = (document: Document | Document.Parsed): string =>
  document.toString({ lineWidth: 0, flowCollectionPadding: false });

/** What Pulumi itself keeps in a stack's file, beside the configuration. */
export interface OwnKeys {
  /** What a passphrase is known by. */
  readonly encryptionSalt?: string;
  /** The key service that secrets are encrypted with; undefined: a passphrase. */
  readonly keyService?: string;
}

/** Nothing where there is no such file. */
export function readOwnKeys(path: string): OwnKeys {
  if (!existsSync(path)) return {};
  const document = parseDocument(readFileSync(path, "utf8"));
  const salt: unknown = document.get("encryptionsalt");
  const provider: unknown = document.get("secretsprovider");
  return {
    ...(typeof salt === "string" ? { encryptionSalt: salt } : {}),
    ...(typeof provider === "string" && provider !== "passphrase" ? { keyService: provider } : {}),
  };
}

/** The text of a stack's file that holds a release, or none: everything else and the comments as they were. */
export function withRelease(text: string, release: HeldRelease | undefined): string {
  const document = parseDocument(text);
  const path = ["config", "backline:release"];
  if (!document.hasIn(path) && release === undefined) return text;
  document.deleteIn(path);
  const { id, migration, images } = release ?? {};
  if (release !== undefined) document.setIn(path, document.createNode({ id, migration, images }));
  return stackFileText(document);
}

type HeldRelease = Pick<Release, "id" | "images" | "migration">;

/** Makes a stack's file hold a release, or let go of the one that it holds; answers a function that undoes it. */
export function holdRelease(root: string, stack: string, release: HeldRelease | undefined): () => void {
  const path = join(root, stackFile(stack));
  const before = readFileSync(path, "utf8");
  const after = withRelease(before, release);
  if (after === before) return () => {};
  replaceFile(path, after);
  return () => replaceFile(path, before);
}
