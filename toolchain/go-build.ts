import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ExecaError, execa } from "execa";
import { OperationError } from "../components/shared/errors";
import { type CacheEntry, cached, contentKey, filesBelow, findCached } from "./cache";
import { type GoTool, goToolNames, goTools } from "./go-tools";
import type { Progress, Report } from "./progress";
import { versions } from "./versions";

/** One program for every tool: no C compiler needed, and it runs in any container. */
const buildEnvironment = { CGO_ENABLED: "0", GOWORK: "off" };
const buildFlags = ["-trimpath", "-buildvcs=false", "-mod=readonly", "-v"];

/**
 * Builds the tools that the cache does not hold yet, as many at once as the machine has cores, and answers the path
 * of each program. Uses the user's own Go, module cache, GOPROXY and GOFLAGS.
 * @throws OperationError if Go is missing, too old, or a build fails.
 */
export async function buildGoTools<Name extends GoTool>(
  progress: Progress,
  names: readonly Name[],
): Promise<Record<Name, string>> {
  const target = await goTarget();
  const paths = new Map<GoTool, string>();
  const missing: { name: GoTool; entry: CacheEntry }[] = [];
  for (const name of goToolNames.filter((known) => names.some((wanted) => wanted === known))) {
    const entry = await cacheEntry(name, target);
    const folder = findCached(entry);
    if (folder === undefined) missing.push({ name, entry });
    else paths.set(name, join(folder, goTools[name].binary));
  }
  const lanes = Array.from({ length: Math.min(missing.length, availableParallelism()) }, async () => {
    for (let next = missing.shift(); next; next = missing.shift()) {
      const { name, entry } = next;
      const { title, binary } = goTools[name];
      const folder = await progress.task(title, (report) =>
        cached({ ...entry, report, build: (staging) => buildGoTool(name, join(staging, binary), report) }),
      );
      paths.set(name, join(folder, binary));
    }
  });
  const outcomes = await Promise.allSettled(lanes);
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  return toRecord(names, paths);
}

function toRecord<Name extends GoTool>(
  names: readonly Name[],
  paths: Map<GoTool, string>,
): Record<Name, string> {
  const record: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const path = paths.get(name);
    if (path !== undefined) record[name] = path;
  }
  return record as Record<Name, string>;
}

function moduleFolder(name: GoTool): string {
  return fileURLToPath(new URL(`go/${name}`, import.meta.url));
}

/** The entry's key covers everything that decides the program: sources, pins, linker settings, Go and platform. */
async function cacheEntry(name: GoTool, target: string): Promise<CacheEntry> {
  const { package: source, variables } = goTools[name];
  const files = (await filesBelow(moduleFolder(name))).filter(
    (file) => !/_test\.go$|^testdata\//.test(file.name),
  );
  const settings = JSON.stringify([source, variables, buildFlags, buildEnvironment]);
  return { name: `go-${name}`, key: await contentKey([target, settings], files) };
}

async function buildGoTool(name: GoTool, output: string, report: Report): Promise<void> {
  const { package: source, variables, title } = goTools[name];
  const linker = ["-s", "-w", ...variables.map((variable) => `-X ${variable}`)].join(" ");
  const build = execa("go", ["build", ...buildFlags, "-ldflags", linker, "-o", output, source], {
    cwd: moduleFolder(name),
    env: buildEnvironment,
    stdin: "ignore",
    stdout: "ignore",
    // With -v Go prints a line per package; a failed build is explained by its last lines.
    maxBuffer: 20_000_000,
  });
  let packages = 0;
  try {
    for await (const line of build.iterable({ from: "stderr" })) {
      if (line.startsWith("go: downloading ")) report(line.slice("go: ".length));
      else report(`compiled package ${++packages}, ${line}`);
    }
    await build;
  } catch (error) {
    throw new OperationError(`${title} cannot be built: ${lastLines(error)}`);
  }
}

function lastLines(error: unknown): string {
  const { stderr } = error as ExecaError;
  const text = typeof stderr === "string" && stderr !== "" ? stderr : String(error);
  return text.trimEnd().split("\n").slice(-8).join("\n");
}

let goTargetOnce: Promise<string> | undefined;

/** Version and platform that Go builds for, such as `go1.26.8 linux/amd64`. Asked once per process. */
function goTarget(): Promise<string> {
  goTargetOnce ??= askGoTarget();
  return goTargetOnce;
}

async function askGoTarget(): Promise<string> {
  const mend = `install Go ${versions.go} or later (https://go.dev/dl), or put it first on PATH`;
  try {
    // Asked in the module that needs the newest Go, so that an older `go` switches to it here and not half-way.
    const { stdout } = await execa("go", ["env", "GOVERSION", "GOOS", "GOARCH"], {
      cwd: moduleFolder("caddy"),
      env: buildEnvironment,
    });
    const [version = "", os, architecture] = stdout.split("\n");
    if (isOlder(version, versions.go)) throw new OperationError(`Go is too old: ${version} found; ${mend}`);
    return `${version} ${os}/${architecture}`;
  } catch (error) {
    if (error instanceof OperationError) throw error;
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      throw new OperationError(`Go is missing: no program "go" on PATH; ${mend}`);
    throw new OperationError(`Go cannot be used: ${lastLines(error)}; ${mend}`);
  }
}

/** Whether a version as Go prints it (`go1.25.3`, `go1.27rc1`, `devel go1.27-abc`) is older than `major.minor.patch`. */
export function isOlder(found: string, wanted: string): boolean {
  const numbers = (text: string): number[] =>
    (/(\d+)\.(\d+)(?:\.(\d+))?/.exec(text) ?? []).slice(1).map(Number);
  const [major = 0, minor = 0, patch = 0] = numbers(found).map((part) => (Number.isNaN(part) ? 0 : part));
  const [wantedMajor = 0, wantedMinor = 0, wantedPatch = 0] = numbers(wanted);
  if (major !== wantedMajor) return major < wantedMajor;
  if (minor !== wantedMinor) return minor < wantedMinor;
  return patch < wantedPatch;
}
