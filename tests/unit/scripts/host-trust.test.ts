import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { OperationError } from "../../../components/shared/errors";
import { trust } from "../../../scripts/operations/host-trust";
import { captureOutput } from "../../support/fake-programs";
import { hostFingerprint, hostKey, hostStack, otherKey } from "../../support/host-stack";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "backline-trust-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

const file = () => join(root, "Pulumi.qa.yaml");
const write = (...more: string[]) => writeFileSync(file(), hostStack(...more));
const text = () => readFileSync(file(), "utf8");

/** Trusts a host that shows `hostKey`; answers what was printed. */
async function run(options: { yes?: boolean; json?: boolean } = {}) {
  const output = captureOutput();
  const { yes = false, json = false } = options;
  const read = async (_address: string, [port = 0]: readonly number[]) => ({ port, key: hostKey });
  await trust({ root, stack: "qa", yes, json, read }).finally(() => vi.restoreAllMocks());
  return output.text();
}

describe("host trust", () => {
  it("writes the key into the stack's file, whose comments stay, and says how to compare it", async () => {
    write("port: 2222");
    const { stdout, stderr } = await run({ yes: true });
    expect(text()).toBe(
      hostStack("port: 2222", `hostKey: ${hostKey}`).replace(/publicKeys: \["(.*)"\]/, 'publicKeys: ["$1"]'),
    );
    expect(stdout).toBe(`Pulumi.qa.yaml now pins the key of 203.0.113.10: ${hostFingerprint}\n`);
    expect(stderr).toBe(
      [
        "203.0.113.10, port 2222, shows the key",
        `  ssh-ed25519 ${hostFingerprint}`,
        "Compare it with what the host says of itself. In the provider's console, not over SSH, run:",
        "  ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub",
        "",
      ].join("\n"),
    );
  });

  it("changes nothing where the key is pinned already", async () => {
    write(`hostKey: ${hostKey} # mine`);
    const before = text();
    expect(await run()).toEqual({
      stdout: `Pulumi.qa.yaml pins this very key already: ${hostFingerprint}\n`,
      stderr: "",
    });
    expect(text()).toBe(before);
  });

  it("asks again where another key is pinned, with both fingerprints", async () => {
    write(`hostKey: ${otherKey}`);
    const before = text();
    await expect(run()).rejects.toThrow(/^host trust asks before it changes anything/);
    expect(text()).toBe(before);
    const { stdout, stderr } = await run({ yes: true, json: true });
    expect(JSON.parse(stdout)).toEqual({
      stack: "qa",
      address: "203.0.113.10",
      port: 22,
      hostKey,
      fingerprint: hostFingerprint,
      changed: true,
      before: { hostKey: otherKey, fingerprint: expect.stringMatching(/^SHA256:/) },
    });
    expect(stderr).toContain("\nand Pulumi.qa.yaml pins another one:\n  ssh-ed25519 SHA256:");
    expect(stderr).toContain("\nwarning: that is right only after the host was made anew.");
    expect(text()).toContain(`hostKey: ${hostKey}\n`);
  });

  it("mends what is no key", async () => {
    write("hostKey: garbage");
    const { stderr } = await run({ yes: true });
    expect(stderr).not.toContain("pins another one");
    expect(text()).toContain(`hostKey: ${hostKey}\n`);
  });

  it("writes nothing where the host does not answer", async () => {
    write();
    const before = text();
    const read = () => Promise.reject(new OperationError("nobody answers"));
    await expect(trust({ root, stack: "qa", yes: true, json: false, read })).rejects.toThrow(
      "nobody answers",
    );
    expect(text()).toBe(before);
  });

  it("refuses a stack on this machine, and one with other mistakes", async () => {
    writeFileSync(
      file(),
      "config:\n  backline:domain: qa.localhost\n  backline:proxy: { certificates: internal }\n",
    );
    await expect(run({ yes: true })).rejects.toThrow("Pulumi.qa.yaml: host.address: is not set");
    write("port: many");
    await expect(run({ yes: true })).rejects.toThrow("Pulumi.qa.yaml: host.port:");
  });
});
