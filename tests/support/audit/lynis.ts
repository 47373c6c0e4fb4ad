import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Ssh } from "./ssh";

/** The tests that cannot apply in a container, each with its reason. */
export const containerProfile = join(import.meta.dirname, "lynis.prf");

export interface LynisScore {
  /** The hardening index without a profile of ours, 0 to 100. */
  readonly raw: number;
  /** The index with the profile. */
  readonly adjusted: number;
  /** Tests that the profile leaves out. */
  readonly skipped: readonly string[];
  /** `TEST-ID: text` of each warning with the profile. */
  readonly warnings: readonly string[];
}

const install = "apt-get -qq update && apt-get -qq -y install --no-install-recommends lynis > /dev/null";

/** Scores a host with Debian's lynis, which it installs there; takes a minute. Throws where lynis does not end well. */
export async function lynisScore(ssh: Ssh, profile = containerProfile): Promise<LynisScore> {
  const content = await readFile(profile, "utf8");
  await succeed(ssh, asRoot(`command -v lynis > /dev/null || { ${install}; }`));
  const raw = await report(ssh, "");
  const adjusted = await report(ssh, content);
  return {
    raw: indexOf(raw),
    adjusted: indexOf(adjusted),
    skipped: [...content.matchAll(/^skip-test=(.*)$/gm)].map(([, test = ""]) => test),
    warnings: [...adjusted.matchAll(/^warning\[\]=([^|]*)\|([^|]*)/gm)].map(
      ([, id, text]) => `${id}: ${text}`,
    ),
  };
}

const asRoot = (script: string): string =>
  `sudo env DEBIAN_FRONTEND=noninteractive sh -euc '${script.replaceAll("'", `'\\''`)}'`;

/** The report of one run; the profile is given on standard input, and nothing stays behind on the host. */
async function report(ssh: Ssh, profile: string): Promise<string> {
  const option = profile === "" ? "" : "--profile $folder/profile.prf";
  const files = "--report-file $folder/report.dat --log-file $folder/log";
  return succeed(
    ssh,
    asRoot(
      [
        "folder=$(mktemp -d)",
        "trap 'rm -rf $folder' EXIT",
        "cat > $folder/profile.prf",
        `lynis audit system --quick --quiet --no-colors ${option} ${files} > $folder/out 2>&1`,
        "cat $folder/report.dat",
      ].join("\n"),
    ),
    profile,
  );
}

async function succeed(ssh: Ssh, command: string, input = ""): Promise<string> {
  const { stdout, stderr, exitCode } = await ssh(command, input);
  if (exitCode !== 0) throw new Error(`lynis failed on the host with exit code ${exitCode}: ${stderr}`);
  return stdout;
}

function indexOf(text: string): number {
  const [, index] = /^hardening_index=(\d+)$/m.exec(text) ?? [];
  if (index === undefined) throw new Error("the report of lynis has no hardening_index");
  return Number(index);
}
