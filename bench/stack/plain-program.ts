import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { runPulumi } from "../../scripts/operations/engine";
import { childEnvironment, defaultBackend } from "../../scripts/operations/environment";
import { projectPaths } from "../../scripts/operations/project";
import { type Session, sessionFor } from "../../scripts/operations/session";
import { root } from "../../tests/support/backline";
import type { Toolchain } from "../../toolchain";

/** A Pulumi program that is none of Backline's, on the same engine and language host, with a local state of its own. */
export interface PlainProgram {
  readonly session: Session;
  remove(): void;
}

/**
 * Copies a program of `programs` to a temporary folder and makes a stack of it.
 * @param config Values of the stack, by key without the project's name.
 */
export async function plainProgram(
  name: string,
  toolchain: Toolchain,
  config: Readonly<Record<string, unknown>> = {},
): Promise<PlainProgram> {
  const stack = "bench";
  const folder = mkdtempSync(join(tmpdir(), `backline-bench-${name}-`));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    cpSync(join(import.meta.dirname, "programs", name), folder, { recursive: true });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
    const values = Object.entries(config).map(([key, value]) => [`${name}:${key}`, value]);
    writeFileSync(join(folder, `Pulumi.${stack}.yaml`), stringify({ config: Object.fromEntries(values) }));
    const { state, passphrases, passphrase } = projectPaths(folder);
    mkdirSync(state, { recursive: true });
    mkdirSync(passphrases);
    writeFileSync(passphrase(stack), randomBytes(32).toString("base64url"), { mode: 0o600 });
    const session = ownSession(folder, stack, toolchain);
    await runPulumi(session, ["stack", "init", stack, "--no-select", "--non-interactive"]);
    return { session, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** A session that leaves alone where the user keeps state and passphrases. */
function ownSession(folder: string, stack: string, toolchain: Toolchain): Session {
  const session = sessionFor({ root: folder, stack, toolchain });
  const variables = {
    ...session.exports.variables,
    PULUMI_BACKEND_URL: defaultBackend(folder),
    PULUMI_CONFIG_PASSPHRASE_FILE: projectPaths(folder).passphrase(stack),
  };
  const exports = { ...session.exports, variables };
  const { PULUMI_CONFIG_PASSPHRASE: _, ...environment } = childEnvironment(exports);
  return { ...session, exports, environment };
}
