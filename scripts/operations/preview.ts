import { randomBytes } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isMap, parseDocument } from "yaml";
import { stackFile } from "../../stacks/settings/load-file";
import { encrypted, givenSecrets } from "../../stacks/settings/secret-keys";
import type { Way } from "../../toolchain";
import { checkStack, isInitialised } from "./check-stack";
import { runPulumi } from "./engine";
import { childEnvironment } from "./environment";
import { ensureStackFile } from "./initialise";
import { projectPaths } from "./project";
import { print, say } from "./say";
import { openSession, type Session } from "./session";

export interface PreviewOptions {
  readonly root: string;
  readonly stack: string;
  readonly json: boolean;
  readonly diff?: boolean | undefined;
  readonly forced?: Way | undefined;
  readonly verbose?: boolean | undefined;
}

/** Shows what `up` would do. A stack that is not known on this machine is previewed as if nothing existed yet. */
export async function preview(options: PreviewOptions): Promise<void> {
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
    await run(apart, options, ["--config-file", join(folder, stackFile(stack))]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(session: Session, options: PreviewOptions, more: readonly string[] = []): Promise<void> {
  const { stack, json, diff = false, verbose } = options;
  const common = ["preview", "--stack", stack, "--non-interactive", ...more];
  if (json) {
    print(await runPulumi(session, [...common, "--json"], { verbose }));
    return;
  }
  const color = process.stdout.isTTY ? "always" : "never";
  await runPulumi(
    session,
    [...common, "--color", color, "--suppress-progress", "--suppress-outputs", ...(diff ? ["--diff"] : [])],
    { show: print, verbose },
  );
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
function withoutSecrets(text: string): string {
  const document = parseDocument(text);
  for (const key of ["encryptionsalt", "secretsprovider", "encryptedkey"]) document.delete(key);
  document.deleteIn(["config", "backline:secrets"]);
  // A feature whose secret was left out would look half set up.
  for (const path of givenSecrets) {
    const [group = path, ...keys] = path.split(".");
    const at = ["config", `backline:${group}`, ...keys];
    if (isMap(document.getIn(at)) && document.hasIn([...at, "secure"])) document.setIn(at, encrypted);
  }
  return document.toString({ lineWidth: 0 });
}
