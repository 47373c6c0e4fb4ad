import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { vi } from "vitest";
import { projectPaths } from "../../scripts/operations/project";
import { captureOutput } from "./fake-programs";
import { stateText } from "./state-text";

/** A checkout of a test's own with the state of the stack `qa`, in the default backend. */
export interface StateCheckout {
  readonly root: string;
  /** Path of the state file. */
  readonly file: string;
  readonly state: () => string;
  readonly setState: (text: string | Buffer) => void;
  readonly settings: string;
  /** Names in the folder of the backups, in their order. */
  readonly backups: () => string[];
  /** Path of a file of a backup. */
  readonly inBackup: (name: string, file: string) => string;
  readonly write: (path: string, text: string) => void;
  readonly said: () => { stdout: string; stderr: string };
  readonly remove: () => void;
}

export const settingsText = "encryptionsalt: v1:salt\nconfig:\n  backline:domain: example.com # Mine.\n";

export function stateCheckout(): StateCheckout {
  const root = mkdtempSync(join(tmpdir(), "backline-state-"));
  for (const name of ["PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"])
    vi.stubEnv(name, undefined);
  const output = captureOutput();
  const paths = projectPaths(root);
  const file = paths.stackState("qa");
  const write = (path: string, text: string | Buffer): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  write(file, stateText());
  write(paths.passphrase("qa"), "open sesame\n");
  const settings = join(root, "Pulumi.qa.yaml");
  write(settings, settingsText);
  const folder = paths.backups("qa");
  return {
    ...{ root, file, settings, write },
    state: () => readFileSync(file, "utf8"),
    setState: (text) => write(file, text),
    backups: () => (existsSync(folder) ? readdirSync(folder).sort() : []),
    inBackup: (name, inner) => join(folder, name, inner),
    said: output.text,
    remove: () => {
      vi.restoreAllMocks();
      vi.unstubAllEnvs();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
