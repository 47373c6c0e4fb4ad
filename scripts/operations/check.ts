import { InputError } from "../../components/shared/errors";
import { stackFile } from "../../stacks/settings/load-file";
import type { Settings } from "../../stacks/settings/settings";
import { checkStack, isInitialised } from "./check-stack";
import { projectRoot } from "./project";
import { print, printJson, reportWarnings } from "./say";

/** Checks a stack's file and prints the result; throws an InputError with all mistakes. */
export function check(stack: string, json: boolean, root = projectRoot): void {
  try {
    const { settings, warnings } = checkStack(root, stack, {
      // Before `init` they are missing by nature.
      missing: isInitialised(root, stack) ? "error" : "warn",
    });
    if (json) printJson({ stack, ok: true, errors: [], warnings });
    else {
      reportWarnings(warnings);
      print(`${stackFile(stack)} is valid: ${describe(settings)}`);
    }
  } catch (error) {
    if (json && error instanceof InputError)
      printJson({ stack, ok: false, errors: error.problems, warnings: [] });
    throw error;
  }
}

function describe({ system, services, sites, host }: Settings): string {
  const replicas = services.map(({ name, replicas: count }) => `${name} x${count}`).join(", ");
  return `${system} on ${host.address ?? "this machine's Docker"}; ${replicas}; ${sites.map(({ hostname }) => hostname).join(", ")}`;
}
