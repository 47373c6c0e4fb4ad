import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { execa } from "execa";
import { createProgress, type Way } from "../../../toolchain";
import { ensureChromium, planChromium } from "../../../toolchain/chromium";
import { ensureSsh, planSsh } from "../../../toolchain/ssh";
import { startHeartbeat } from "../heartbeat";
import { defaultImages } from "../images";
import { install, planInstall } from "../install";
import { projectPaths, projectRoot } from "../project";
import { Reported } from "../reported";
import { print, say } from "../say";
import { type Counts, countTests, renderSummary, type StepResult } from "./summary";
import { type TierName, tierNames } from "./tiers";

export interface TestOptions {
  readonly tiers: readonly TierName[];
  readonly verbose: boolean;
  readonly forced?: Way | undefined;
}

/** What is checked before any test runs: scripts of package.json. */
const checks = ["lint", "types", "imports"] as const;

/** Runs checks and tests, all of them whatever fails, and prints the counts. Throws `Reported` if something failed. */
export async function runTests({ tiers, verbose, forced }: TestOptions): Promise<void> {
  const results: StepResult[] = [];
  if (tiers.length === tierNames.length) for (const check of checks) results.push(await runCheck(check));
  if (tiers.some((tier) => tier !== "unit")) await installForTests(tiers, forced);
  for (const tier of tiers) results.push(await runTier(tier, verbose));
  print(`\n${renderSummary(results)}`);
  if (results.some(({ failed }) => failed > 0)) throw new Reported();
}

async function installForTests(tiers: readonly TierName[], forced: Way | undefined): Promise<void> {
  const plan = await planInstall({
    memory: projectPaths(projectRoot).toolchain,
    forced,
    docker: true,
    images: defaultImages,
    pulled: false,
  });
  const browser = tiers.includes("e2e");
  const sentences = [...planSsh(), ...(browser ? planChromium() : []), ...plan.sentences];
  if (sentences.length > 0) say("The tests need more than is here. Backline will:");
  for (const sentence of sentences) say(`  - ${sentence}`);
  const progress = createProgress();
  // Before Docker: all of them need apt's lock.
  await ensureSsh(progress);
  if (browser) await ensureChromium(progress);
  await install(progress, plan);
}

async function runCheck(name: (typeof checks)[number]): Promise<StepResult> {
  const { exitCode, seconds } = await run(name, ["npm", "run", "--silent", name]);
  return { name, passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1, skipped: 0, seconds };
}

async function runTier(tier: TierName, verbose: boolean): Promise<StepResult> {
  const { temporary } = projectPaths(projectRoot);
  mkdirSync(temporary, { recursive: true });
  const report = join(temporary, `test-${tier}-${process.pid}.json`);
  const { exitCode, seconds } = await run(tier, [
    join(projectRoot, "node_modules", ".bin", "vitest"),
    "run",
    ...["--project", tier],
    ...["--reporter", verbose ? "verbose" : "default", "--reporter", "json"],
    `--outputFile.json=${report}`,
  ]);
  return { name: tier, ...readCounts(report, exitCode), seconds };
}

function readCounts(report: string, exitCode: number | undefined): Counts {
  try {
    return countTests(JSON.parse(readFileSync(report, "utf8")), exitCode);
  } catch {
    return countTests(undefined, exitCode);
  } finally {
    rmSync(report, { force: true });
  }
}

/** Runs a step with its output as it comes; answers how it ended and how long it took. */
async function run(
  name: string,
  [program = "", ...args]: readonly string[],
): Promise<{ exitCode: number | undefined; seconds: number }> {
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1000;
  say(`start    ${name}`);
  const heartbeat = startHeartbeat({
    say: (line) => say(`running  ${name}, ${Math.round(seconds())} s, ${line}`),
  });
  const child = execa(program, args, {
    cwd: projectRoot,
    env: process.stderr.isTTY ? { FORCE_COLOR: "1" } : { NO_COLOR: "1" },
    all: true,
    buffer: false,
    reject: false,
    stdin: "ignore",
  });
  try {
    for await (const line of child.iterable({ from: "all" })) {
      heartbeat.beat(line, true);
      say(line);
    }
    const { exitCode } = await child;
    say(`${exitCode === 0 ? "done    " : "failed  "} ${name}, ${Math.round(seconds())} s`);
    return { exitCode, seconds: seconds() };
  } finally {
    heartbeat.stop();
  }
}
