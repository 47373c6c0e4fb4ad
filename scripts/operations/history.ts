import { z } from "zod";
import { runPulumi } from "./engine";
import type { Session } from "./session";
import { readState } from "./state-file";

const history = z.array(z.object({ kind: z.string(), result: z.string() }));

/** Whether the last update of a stack failed or was killed, whoever ran it. */
export async function hasLastUpdateFailed(session: Session): Promise<boolean> {
  // The engine enters an update into its history when it ends: a killed one has left what it was doing.
  if ((readState(session.root, session.stack)?.pending ?? 0) > 0) return true;
  const text = await runPulumi(
    session,
    ["stack", "history", "--json", "--page-size", "20", "--stack", session.stack, "--non-interactive"],
    { what: "pulumi stack history" },
  );
  return isFailure(text);
}

/** Newest first is how the engine lists them. */
export function isFailure(text: string): boolean {
  const last = history.parse(JSON.parse(text)).find(({ kind }) => kind === "update");
  return last !== undefined && last.result !== "succeeded";
}
