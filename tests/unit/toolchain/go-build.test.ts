import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { goToolNames, goTools } from "../../../toolchain/go-tools";
import { createProgress } from "../../../toolchain/progress";
import { versions } from "../../../toolchain/versions";

let folder: string;
let lines: string[];

beforeEach(async () => {
  // Go's version is asked once per process: each test gets the module anew.
  vi.resetModules();
  folder = await mkdtemp(join(tmpdir(), "backline-go-"));
  lines = [];
  vi.stubEnv("XDG_CACHE_HOME", join(folder, "cache"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** Builds with a stand-in for `go`: a shell script whose `go env` prints a version. */
async function buildWith(script: string | undefined): Promise<Record<"caddy" | "terraform-bridge", string>> {
  if (script !== undefined) {
    await writeFile(join(folder, "go"), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, "go"), 0o755);
  }
  vi.stubEnv("PATH", folder);
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk).trimEnd());
      done();
    },
  });
  const { buildGoTools } = await import("../../../toolchain/go-build");
  return buildGoTools(createProgress({ stream }), ["caddy", "terraform-bridge"]);
}

const goEnv = (version: string): string =>
  `if [ "$1" = env ]; then printf '${version}\\nlinux\\namd64\\n'; exit 0; fi`;
/** The stand-in's build writes its arguments and environment as the program, whose path follows `-o`. */
const goBuild = `for argument; do [ "$last" = -o ] && output="$argument"; last="$argument"; done
echo "go: downloading example.com/module v1.0.0" >&2
echo "$CGO_ENABLED $GOWORK $GOFLAGS $*" > "$output"`;

describe("building Go tools", () => {
  it("says how to mend a missing Go", async () => {
    await expect(buildWith(undefined)).rejects.toThrow(
      'Go is missing: no program "go" on PATH; install Go 1.26.0 or later (https://go.dev/dl), or put it first on PATH',
    );
  });

  it("says how to mend a Go that is too old", async () => {
    await expect(buildWith(goEnv("go1.25.9"))).rejects.toThrow(
      "Go is too old: go1.25.9 found; install Go 1.26.0 or later (https://go.dev/dl), or put it first on PATH",
    );
  });

  it("builds each tool once, with the user's own GOFLAGS, and answers the programs' paths", async () => {
    vi.stubEnv("GOFLAGS", "-buildvcs=false");
    const built = await buildWith(`${goEnv("go1.26.8")}\n${goBuild}`);
    const caddy = await readFile(built.caddy, "utf8");
    expect(caddy).toContain(
      "0 off -buildvcs=false build -trimpath -buildvcs=false -mod=readonly -v -ldflags -s -w",
    );
    expect(caddy.trim().endsWith(goTools.caddy.package)).toBe(true);
    expect(built["terraform-bridge"]).toMatch(
      /go-terraform-bridge\/[0-9a-f]{20}\/pulumi-resource-terraform-provider$/,
    );
    expect(lines.filter((line) => line.startsWith("start")).sort()).toEqual([
      "start    Caddy 2.11.7",
      "start    Pulumi plugin for Terraform providers",
    ]);
    lines = [];
    expect(await buildWith(undefined)).toEqual(built);
    expect(lines).toEqual([]);
  });

  it("builds anew for another Go", async () => {
    const first = await buildWith(`${goEnv("go1.26.8")}\n${goBuild}`);
    vi.resetModules();
    const second = await buildWith(`${goEnv("go1.27.0")}\n${goBuild}`);
    expect(second.caddy).not.toBe(first.caddy);
  });

  it("shows the end of what Go said when a build fails", async () => {
    const failing = `${goEnv("go1.26.8")}\nfor n in 1 2 3 4 5 6 7 8 9; do echo "problem $n" >&2; done; exit 1`;
    await expect(buildWith(failing)).rejects.toThrow(
      /^Caddy 2\.11\.9 cannot be built: problem 2\n(problem \d\n){6}problem 9$|^Pulumi plugin for Terraform providers cannot be built: problem 2\n(problem \d\n){6}problem 9$/,
    );
  });
});

describe("a Go version", () => {
  it.each([
    ["go1.25.11", "1.26.0", true],
    ["go1.26.0", "1.26.0", false],
    ["go1.26", "1.26.0", false],
    ["go1.27rc1", "1.26.0", false],
    ["go1.9.7", "1.26.0", true],
    ["devel go1.28-1a2b3c", "1.26.0", false],
    ["go2.0.0", "1.26.5", false],
  ])("%s is judged against %s", async (found, wanted, older) => {
    const { isOlder } = await import("../../../toolchain/go-build");
    expect(isOlder(found, wanted)).toBe(older);
  });
});

describe("the pins", () => {
  it("are the same in versions.ts, in every go.mod and in package.json", async () => {
    const required = new Map<string, string>();
    for (const name of goToolNames) {
      const text = await readFile(new URL(`../../../toolchain/go/${name}/go.mod`, import.meta.url), "utf8");
      for (const [, module = "", version = ""] of text.matchAll(/^(?:require )?\s*(\S+) (v\S+)$/gm))
        required.set(module, version);
    }
    const pinned = Object.entries(versions.goModules);
    expect(pinned.map(([module]) => [module, required.get(module)])).toEqual(pinned);

    const manifest: unknown = JSON.parse(
      await readFile(new URL("../../../package.json", import.meta.url), "utf8"),
    );
    expect(manifest).toMatchObject({
      dependencies: {
        "@pulumi/pulumi": versions.pulumi,
        "@pulumi/docker": versions.providers.docker,
        "@pulumi/command": versions.providers.command,
        "@pulumi/cloudflare": versions.providers.cloudflare,
        "@pulumiverse/vercel": versions.providers.vercel,
      },
    });
  });

  it("ask for a Go that is new enough for every module", async () => {
    const wanted: string[] = [];
    for (const name of goToolNames) {
      const text = await readFile(new URL(`../../../toolchain/go/${name}/go.mod`, import.meta.url), "utf8");
      wanted.push(/^go (\S+)$/m.exec(text)?.[1] ?? "");
    }
    expect(wanted.sort().at(-1)).toBe(versions.go);
  });

  it("are the versions that the plugin and the engine say they have", async () => {
    const plugin = new URL("../../../toolchain/go/pulumi-resource-docker/main.go", import.meta.url);
    expect(await readFile(plugin, "utf8")).toContain(
      `const officialVersion = "${versions.providers.docker}"`,
    );
    expect(goTools.pulumi.variables).toEqual([
      "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.259.0",
    ]);
    expect(versions.goModules["github.com/pulumi/pulumi/pkg/v3"]).toBe(`v${versions.pulumi}`);
    expect(versions.goModules["github.com/caddyserver/caddy/v2"]).toBe(`v${versions.caddy}`);
  });
});
