import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Document, isMap, parseDocument } from "yaml";
import type { Release } from "../../components/release/release";
import { InputError } from "../../components/shared/errors";
import { stackFile } from "../../stacks/settings/load-file";

/** Value of a key under `backline:`; groups are merged key by key. */
export type StackValues = Readonly<Record<string, unknown>>;

/** The text of a stack's file with the given keys set, everything else and the comments as they were. */
export function withValues(text: string, values: StackValues): string {
  const document = text.trim() === "" ? new Document({}) : parseDocument(text);
  if (document.contents === null || !isMap(document.contents)) document.contents = document.createNode({});
  if (!isMap(document.get("config"))) document.set("config", document.createNode({}));
  for (const [key, value] of Object.entries(values)) set(document, ["config", `backline:${key}`], value);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
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

/** In one step: whoever reads it meanwhile reads all of the old text or all of the new one. */
function replaceFile(path: string, text: string): void {
  const staging = `${path}.${process.pid}`;
  writeFileSync(staging, text);
  renameSync(staging, path);
}

/** The text of a stack's file that holds a release, or none: everything else and the comments as they were. */
export function withRelease(text: string, release: HeldRelease | undefined): string {
  const document = parseDocument(text);
  const path = ["config", "backline:release"];
  if (!document.hasIn(path) && release === undefined) return text;
  document.deleteIn(path);
  const { id, migration, images } = release ?? {};
  if (release !== undefined) document.setIn(path, document.createNode({ id, migration, images }));
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
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

/** What `init dev` writes: everything on this machine, on ports that need no rights. */
export const devValues: StackValues = {
  system: "audifi",
  domain: "audifi.localhost",
  proxy: { httpPort: 8080, httpsPort: 8443, certificates: "internal" },
};

export const devHeading =
  "# A copy of the platform for this machine. Made by `./backline init dev`; change what you like.\n";

export interface NewStack {
  readonly system?: string | undefined;
  readonly domain?: string | undefined;
  /** Address of the host; none means Docker on this machine. */
  readonly host?: string | undefined;
  /** Admin user that is made on the host. */
  readonly user?: string | undefined;
  /** Address that the ACME CA writes to. */
  readonly email?: string | undefined;
}

/** What `init` writes for a stack without a file. Domains that no public CA signs get certificates of Caddy's own. */
export function newStackValues(stack: string, options: NewStack): StackValues {
  const { domain, host, user, email } = options;
  if (domain === undefined)
    throw new InputError([
      {
        code: "no-stack-file",
        file: stackFile(stack),
        path: "",
        message: `there is no such file; say what to write into it: ./backline init ${stack} --domain example.com --host 203.0.113.5 --email ops@example.com`,
      },
    ]);
  const isPublic = !/(?:^|\.)(?:localhost|test|internal|local|example|invalid)$/.test(domain);
  return {
    system: options.system ?? "audifi",
    domain,
    ...(host === undefined ? {} : { host: { address: host, ...(user === undefined ? {} : { user }) } }),
    proxy: isPublic
      ? { certificates: "acme", ...(email === undefined ? {} : { email }) }
      : { certificates: "internal", ...(host === undefined ? { httpPort: 8080, httpsPort: 8443 } : {}) },
  };
}
