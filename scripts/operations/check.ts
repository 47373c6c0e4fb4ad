import { InputError, type Problem } from "../../components/shared/errors";
import { stackFile } from "../../stacks/settings/load-file";
import type { Settings } from "../../stacks/settings/settings";
import { checkStack } from "./check-stack";
import { projectRoot } from "./project";
import { print, printJson, reportWarnings } from "./say";

/** Checks a stack's file and prints the result; throws an InputError with all mistakes. */
export function check(stack: string, json: boolean): void {
  try {
    const { settings, warnings } = checkStack(projectRoot, stack, { missingSecrets: "warn" });
    if (json) printJson({ stack, ok: true, errors: [], warnings });
    else {
      reportMissing(stack, warnings);
      print(`${stackFile(stack)} is valid: ${describe(settings)}`);
    }
  } catch (error) {
    if (json && error instanceof InputError)
      printJson({ stack, ok: false, errors: error.problems, warnings: [] });
    throw error;
  }
}

/** Missing secrets are normal before `init`: one line says it. */
function reportMissing(stack: string, warnings: readonly Problem[]): void {
  const missing = warnings.filter(({ code }) => code === "missing-secret");
  reportWarnings(warnings.filter((warning) => !missing.includes(warning)));
  const [first] = missing;
  if (first === undefined) return;
  const names = missing.map(({ path }) => path).join(", ");
  reportWarnings([
    { ...first, path: "", message: `not there yet: ${names}; ./backline init ${stack} generates them` },
  ]);
}

function describe({ system, services, sites, host }: Settings): string {
  const replicas = services.map(({ name, replicas: count }) => `${name} x${count}`).join(", ");
  return `${system} on ${host.address ?? "this machine's Docker"}; ${replicas}; ${sites.map(({ hostname }) => hostname).join(", ")}`;
}
