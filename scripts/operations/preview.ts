import { randomBytes } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isMap, parseDocument } from "yaml";
import { stackFile } from "../../stacks/settings/load-file";
import { encrypted, otherSecretPaths } from "../../stacks/settings/secret-keys";
import type { Way } from "../../toolchain";
import {
  countsOf,
  engineEvents,
  hiddenOf,
  orFailureComment,
  plannedChanges,
  previewComment,
} from "./changes";
import { checkStack, isInitialised } from "./check-stack";
import { runPulumi } from "./engine";
import { childEnvironment } from "./environment";
import { ensureStackFile } from "./initialise";
import { projectPaths } from "./project";
import { print, printJson, say } from "./say";
import { openSession, type Session } from "./session";

/** `markdown`: a comment on a pull request. */
export type PreviewFormat = "text" | "markdown" | "json";

export interface PreviewOptions {
  readonly root: string;
  readonly stack: string;
  readonly format: PreviewFormat;
  /** One line for each resource, without its inputs; of `text` alone. */
  readonly summary?: boolean | undefined;
  readonly forced?: Way | undefined;
  readonly verbose?: boolean | undefined;
}

/**
 * Shows what `up` would do. A stack that is not known on this machine is previewed as if nothing existed yet. As a
 * comment it also says what went wrong, before it throws it.
 */
export async function preview(options: PreviewOptions): Promise<void> {
  if (options.format !== "markdown") return await show(options);
  await orFailureComment("preview", options, () => show(options));
}

async function show(options: PreviewOptions): Promise<void> {
  const { root, stack, forced } = options;
  if (stack === "dev" && ensureStackFile(root, stack)) say(`made ${stackFile(stack)}`);
  const isKnown = isInitialised(root, stack);
  checkStack(root, stack, { missing: "warn" });
  const session = await openSession({ root, stack, forced });
  if (isKnown) return await run(session, options);
  say(
    `the stack ${stack} is not known on this machine: this preview begins from nothing and reaches no host or vendor`,
  );
  const folder = makeFolder(root);
  try {
    const apart = await makeApart(session, folder);
    await run(apart, options, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param apart The folder of a preview that begins from nothing. */
async function run(session: Session, options: PreviewOptions, apart?: string): Promise<void> {
  const { root, stack, format, summary = false, verbose } = options;
  const file = apart === undefined ? [] : ["--config-file", join(apart, stackFile(stack))];
  const common = ["preview", "--stack", stack, "--non-interactive", ...file];
  if (format === "text") {
    const color = process.stdout.isTTY ? "always" : "never";
    const quiet = ["--suppress-progress", "--suppress-outputs", ...(summary ? [] : ["--diff"])];
    await runPulumi(session, [...common, "--color", color, ...quiet], { show: print, verbose });
    return;
  }
  const hidden = hiddenOf(root);
  const events = await engineEvents(session, [...common, "--show-sames"], { hidden, verbose });
  const changes = plannedChanges(events, hidden);
  const { warnings } = events;
  if (format === "markdown") print(previewComment({ stack, changes, warnings, apart: apart !== undefined }));
  else printJson({ stack, summary: countsOf(changes), resources: changes, warnings });
}

function makeFolder(root: string): string {
  const { temporary } = projectPaths(root);
  mkdirSync(temporary, { recursive: true });
  return mkdtempSync(join(temporary, "preview-"));
}

/**
 * A stack of the same name in a backend, with a passphrase and with a configuration file of its own, in which a
 * stand-in answers for every provider. Nothing of the user's is touched.
 */
async function makeApart(session: Session, folder: string): Promise<Session> {
  const { root, stack, toolchain } = session;
  const backend = join(folder, "state");
  const passphrase = join(folder, "passphrase");
  mkdirSync(backend);
  writeFileSync(passphrase, randomBytes(32).toString("base64url"), { mode: 0o600 });
  copyFileSync(join(root, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
  writeFileSync(
    join(folder, stackFile(stack)),
    withoutSecrets(readFileSync(join(root, stackFile(stack)), "utf8")),
  );
  const exports = {
    ...session.exports,
    variables: {
      ...session.exports.variables,
      PULUMI_HOME: toolchain.previewHome,
      PULUMI_BACKEND_URL: pathToFileURL(backend).href,
      PULUMI_CONFIG_PASSPHRASE_FILE: passphrase,
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    },
  };
  const { PULUMI_CONFIG_PASSPHRASE: _, ...environment } = childEnvironment(exports);
  const apart = { ...session, exports, environment };
  await runPulumi(apart, ["stack", "init", stack, "--no-select", "--non-interactive"], {
    cwd: folder,
    what: "pulumi stack init",
  });
  return apart;
}

/** Secrets cannot be decrypted without their passphrase; the program previews without them. */
export function withoutSecrets(text: string): string {
  const document = parseDocument(text);
  for (const key of ["encryptionsalt", "secretsprovider", "encryptedkey"]) document.delete(key);
  document.deleteIn(["config", "backline:secrets"]);
  // A feature whose secret was left out would look half set up.
  const values = Object.fromEntries(
    Object.entries(Object(document.toJS()?.config)).map(([key, value]) => [
      key.replace(/^backline:/, ""),
      value,
    ]),
  );
  for (const path of otherSecretPaths(values)) {
    const [group = path, ...keys] = path.split(".");
    const at = ["config", `backline:${group}`, ...keys];
    if (isMap(document.getIn(at)) && document.hasIn([...at, "secure"])) document.setIn(at, encrypted);
  }
  return document.toString({ lineWidth: 0 });
}
