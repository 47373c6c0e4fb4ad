import { Session } from "node:inspector/promises";
import { basename } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** What writes lines of a Caddyfile. */
const modules = [
  "access-log.ts",
  "caddyfile.ts",
  "compression.ts",
  "files.ts",
  "headers.ts",
  "maintenance.ts",
  "reverse-proxy.ts",
  "syntax.ts",
  "tls.ts",
];

/** The engine counts how often each block of code is run: a directive whose block is not run is in no golden file. */
describe("the rendering code", () => {
  const session = new Session();
  /** By module: the pieces of code that no case has run. */
  const missed: Record<string, string[]> = {};

  beforeAll(async () => {
    session.connect();
    await session.post("Debugger.enable");
    await session.post("Profiler.enable");
    // Before the code is loaded: blocks are not counted in what was compiled earlier.
    await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
    const { configFiles, renderCaddyfile } = await import("../../components/proxy");
    const { nameKey, proxyCases } = await import("./proxy-cases");
    for (const routing of Object.values(proxyCases)) {
      renderCaddyfile(routing);
      configFiles({ ...routing, nameKey });
    }
    const { result } = await session.post("Profiler.takePreciseCoverage");
    for (const { url, scriptId, functions } of result) {
      const module = basename(url);
      if (!url.includes("/components/proxy/") || !modules.includes(module)) continue;
      const { scriptSource } = await session.post("Debugger.getScriptSource", { scriptId });
      missed[module] = functions
        .flatMap(({ ranges }) => ranges)
        .filter(({ count }) => count === 0)
        .map(({ startOffset, endOffset }) => scriptSource.slice(startOffset, endOffset).trim())
        // What cannot happen is refused, and renders nothing; the rest is of the test runner, around each export.
        .filter((code) => !code.startsWith("throw ") && !/catch \{\}( \})?$/.test(code));
    }
  });
  afterAll(() => session.disconnect());

  it.each(modules)("is run by the cases, all of it: %s", (module) => {
    expect(missed[module]).toEqual([]);
  });
});
