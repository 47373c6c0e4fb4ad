import { type Deployed, renderDiagram } from "../../stacks/diagram";
import type { Way } from "../../toolchain";
import { checkStack, isInitialised } from "./check-stack";
import { promised, readOutputs } from "./outputs";
import { print, printJson } from "./say";
import { openSession } from "./session";

export interface DiagramOptions {
  readonly root: string;
  readonly stack: string;
  readonly json: boolean;
  readonly forced?: Way | undefined;
}

/** Prints a stack as a Mermaid flowchart: as it runs, or where it does not yet, as it is described. */
export async function showDiagram(options: DiagramOptions): Promise<void> {
  const { root, stack, json } = options;
  const { settings } = checkStack(root, stack, { missing: "warn" });
  const deployed = await readDeployed(options);
  const mermaid = renderDiagram(settings, deployed);
  if (json) printJson({ stack, deployed: deployed !== undefined, mermaid });
  else print(mermaid);
}

async function readDeployed({ root, stack, forced }: DiagramOptions): Promise<Deployed | undefined> {
  if (!isInitialised(root, stack)) return undefined;
  const { release, containers } = promised(await readOutputs(await openSession({ root, stack, forced })));
  return containers.length === 0 ? undefined : { release, containers };
}
