import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { engineEvents } from "../../../../scripts/operations/changes";
import { sessionFor } from "../../../../scripts/operations/session";
import { everything, said } from "./engine-lines";

const hidden = [["/srv/checkout", "."]] as const;

describe("a run of the engine for its events", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "backline-engine-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs an engine that prints lines, and ends with an exit code. */
  function runOf(lines: string, exitCode: number) {
    const pulumi = join(folder, "pulumi");
    writeFileSync(join(folder, "lines"), lines);
    const streams = '[ "$PULUMI_ENABLE_STREAMING_JSON_PREVIEW" = true ] || exit 9';
    writeFileSync(pulumi, `#!/bin/sh\n${streams}\ncat ${folder}/lines\nexit ${exitCode}\n`, { mode: 0o755 });
    const toolchain = {
      kind: "registry" as const,
      pulumi,
      pulumiHome: folder,
      previewHome: folder,
      path: [],
      environment: {},
    };
    return engineEvents(sessionFor({ root: folder, stack: "qa", toolchain }), ["preview"], { hidden });
  }

  it("answers them", async () => {
    const { planned, warnings } = await runOf(everything, 0);
    expect(planned.map(({ op }) => op)).toContain("replace");
    expect(warnings).toEqual(["Pulumi.qa.yaml: host.cpus: too many"]);
  });

  it("fails with the engine's errors, without its other lines, stack frames and this machine's paths", async () => {
    const error = said(
      "error",
      "Running program '/srv/checkout/x.ts' failed\nError: bad\n    at f (/x.ts:1:1)\n",
    );
    await expect(runOf(`${everything}\n${error}`, 255)).rejects.toThrow(
      /^Running program '\.\/x\.ts' failed\nError: bad$/,
    );
  });

  it("fails with the sentence of a fault that it knows", async () => {
    await expect(runOf(said("error", "incorrect passphrase, please set PULUMI..."), 255)).rejects.toThrow(
      /^the passphrase does not fit the stack qa; /,
    );
  });

  it("fails with the last lines where there is no event", async () => {
    await expect(runOf("error: no stack named 'qa' found", 255)).rejects.toThrow(/qa/);
  });
});
