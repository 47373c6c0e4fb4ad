import { dirname, resolve as resolvePath } from "node:path";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { formatProblem, InputError, OperationError } from "../components/shared/errors";
import { connectToDeploy } from "./connection";
import { Platform } from "./platform";
import { wantedRelease } from "./release";
import { loadFromEngine, resolve } from "./settings";
import { mapStackTracesOnce } from "./stack-traces";

/** Load, resolve, build: whatever is wrong is said here, before anything is registered. */
async function build() {
  const root = resolvePath(dirname(fileURLToPath(import.meta.url)), "..");
  // A preview may run where nobody has the secrets; a deploy may not.
  const resolution = resolve(loadFromEngine(root), {
    missing: pulumi.runtime.isDryRun() ? "warn" : "error",
  });
  const warnings = resolution.warnings.map(formatProblem);
  for (const warning of warnings) await pulumi.log.warn(warning);
  if (!resolution.ok) throw new InputError(resolution.errors);
  const { settings } = resolution;
  // A preview may run where nobody can sign in to the host; a deploy begins with doing so.
  if (!pulumi.runtime.isDryRun()) await connectToDeploy(settings);
  mapStackTracesOnce();
  const platform = new Platform(settings, await wantedRelease(settings, root), root, warnings);
  return platform.results;
}

/** What the user is told: a mistake of theirs without a stack trace, anything else with it. */
function describe(error: unknown): string {
  if (error instanceof InputError || error instanceof OperationError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

// As text: the SDK would inspect the error itself, and some versions of Node.js never come back from that.
export default await build().catch((error: unknown) => {
  throw new pulumi.RunError(describe(error));
});
