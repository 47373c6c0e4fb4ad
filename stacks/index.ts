import { dirname, resolve as resolvePath } from "node:path";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { formatProblem, InputError } from "../components/shared/errors";
import { bundleServices } from "./bundles";
import { Platform } from "./platform";
import { loadFromEngine, resolve } from "./settings";

/** Load, resolve, build: whatever is wrong is said here, before anything is registered. */
async function main() {
  const root = resolvePath(dirname(fileURLToPath(import.meta.url)), "..");
  // A preview may run where nobody has the secrets; a deploy may not.
  const resolution = resolve(loadFromEngine(), {
    missingSecrets: pulumi.runtime.isDryRun() ? "warn" : "error",
  });
  const warnings = resolution.warnings.map(formatProblem);
  for (const warning of warnings) await pulumi.log.warn(warning);
  if (!resolution.ok) throw new pulumi.RunError(new InputError(resolution.errors).message);
  const { settings } = resolution;
  const platform = new Platform(settings, await bundleServices(settings, root), root, warnings);
  return platform.results;
}

const results = main();
export const urls = results.then(({ urls }) => urls);
export const containers = results.then(({ containers }) => containers);
export const warnings = results.then(({ warnings }) => warnings);
export const caCertificate = results.then(({ caCertificate }) => caCertificate);
