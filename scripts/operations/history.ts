import { z } from "zod";
import { runPulumi } from "./engine";
import type { Session } from "./session";

const history = z.array(z.object({ kind: z.string(), result: z.string() }));

/** Whether the last update of a stack failed, whoever ran it. Newest first is how the engine lists them. */
export async function hasLastUpdateFailed(session: Session): Promise<boolean> {
  const text = await runPulumi(
    session,
    ["stack", "history", "--json", "--page-size", "20", "--stack", session.stack, "--non-interactive"],
    { what: "pulumi stack history" },
  );
  return isFailure(text);
}

export function isFailure(text: string): boolean {
  const last = history.parse(JSON.parse(text)).find(({ kind }) => kind === "update");
  return last !== undefined && last.result !== "succeeded";
}
