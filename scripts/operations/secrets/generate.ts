import { randomBytes } from "node:crypto";
import { runPulumi } from "../engine";
import type { Session } from "../session";

/** 32 random bytes in letters, digits, `-` and `_`. */
export const randomText = (): string => randomBytes(32).toString("base64url");

/** Writes a new random value, encrypted, to a path of the stack's file. */
export async function generate(session: Session, path: string): Promise<void> {
  await runPulumi(
    session,
    ["config", "set", "--secret", "--path", path, "--stack", session.stack, "--non-interactive"],
    // Over standard input: other users of the machine can read command lines.
    { input: randomText(), what: "pulumi config set" },
  );
}
