import { readFileSync } from "node:fs";
import { z } from "zod";
import { projectPaths } from "./project";

const stateFile = z.object({
  checkpoint: z.object({
    latest: z
      .object({
        resources: z.array(z.object({ id: z.string().optional() })).nullish(),
        pending_operations: z.array(z.unknown()).nullish(),
      })
      .nullish(),
  }),
});

/** What the state of a stack in the default backend says, as far as it is not encrypted. */
export interface StateSummary {
  readonly resources: number;
  /** The providers' ids of what exists: Docker's own for containers and networks. */
  readonly ids: ReadonlySet<string>;
  /** Operations that had begun when a run was killed. */
  readonly pending: number;
}

/** Reads the state file; undefined if there is none, or none that can be understood. */
export function readState(root: string, stack: string): StateSummary | undefined {
  try {
    const text = readFileSync(projectPaths(root).stackState(stack), "utf8");
    const { latest } = stateFile.parse(JSON.parse(text)).checkpoint;
    const resources = latest?.resources ?? [];
    return {
      resources: resources.length,
      ids: new Set(resources.flatMap(({ id }) => (id === undefined ? [] : [id]))),
      pending: latest?.pending_operations?.length ?? 0,
    };
  } catch {
    return undefined;
  }
}
