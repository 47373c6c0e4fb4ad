import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { applyHost, runGroup } from "../../../scripts/operations/host-apply";
import { hostKey, hostStack } from "../../support/host-stack";

describe("running a group", () => {
  it("shows the host's lines as they come, also those on standard error", async () => {
    const lines: string[] = [];
    await runGroup("cat; echo warning >&2", "packages: done\nnetwork: done\n", (line) => lines.push(line));
    expect(lines).toEqual(["  packages: done", "  network: done", "  warning"]);
  });

  it("ends with the sentence that a failed script says", async () => {
    const lines: string[] = [];
    const failed = runGroup(
      'echo "it is full"; echo "backline: the host could not be prepared" >&2; exit 4',
      "",
      (line) => lines.push(line),
    );
    await expect(failed).rejects.toThrow(/^the host could not be prepared$/);
    expect(lines).toEqual(["  it is full"]);
  });

  it("that fails without a sentence points to its lines", async () => {
    await expect(runGroup("exit 1", "", () => {})).rejects.toThrow(
      "the host could not be prepared, as the lines above say",
    );
  });
});

describe("host apply", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "backline-apply-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const apply = (text: string, yes = true) => {
    writeFileSync(join(root, "Pulumi.qa.yaml"), text);
    return applyHost({ root, stack: "qa", yes });
  };

  it("refuses to begin where nobody can answer, no key is pinned, or nobody could sign in", async () => {
    await expect(apply(hostStack(`hostKey: ${hostKey}`), false)).rejects.toThrow(
      "host apply asks before it changes anything, and there is no terminal to ask on; give --yes to agree beforehand",
    );
    await expect(apply(hostStack())).rejects.toThrow(
      "Pulumi.qa.yaml: host.hostKey: is not set; run: ./backline host trust qa",
    );
    await expect(
      apply(hostStack(`hostKey: ${hostKey}`).replace(/publicKeys: .*/, "publicKeys: []")),
    ).rejects.toThrow("Pulumi.qa.yaml: host.publicKeys: there is none, and ops could not sign in");
  });
});
