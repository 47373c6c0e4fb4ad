import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encryption, isInitialised, whyNotInitialised } from "../../../scripts/operations/check-stack";
import { projectPaths, stackName } from "../../../scripts/operations/project";
import { readState } from "../../../scripts/operations/state-file";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "backline-stack-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const stackFile = (text: string) => write(join(root, "Pulumi.qa.yaml"), text);
const passphrase = () => write(projectPaths(root).passphrase("qa"), "secret");
const state = (latest: object) =>
  write(projectPaths(root).stackState("qa"), JSON.stringify({ version: 3, checkpoint: { latest } }));

describe("a stack's secrets", () => {
  it("have no key before init", () => {
    expect(encryption(root, "qa", {})).toBe("none");
    stackFile("config:\n  backline:domain: example.com\n");
    expect(encryption(root, "qa", {})).toBe("none");
  });

  it("are locked until their passphrase is there", () => {
    stackFile("encryptionsalt: v1:salt\n");
    expect(encryption(root, "qa", {})).toBe("locked");
    passphrase();
    expect(encryption(root, "qa", {})).toBe("readable");
  });

  it("of a key service need no passphrase", () => {
    stackFile("secretsprovider: awskms://alias/backline\n");
    expect(encryption(root, "qa", {})).toBe("readable");
  });
});

describe("a stack is initialised", () => {
  it("once its secrets can be read and its state is there", () => {
    stackFile("encryptionsalt: v1:salt\n");
    expect(whyNotInitialised(root, "qa", {})).toBe(
      "the passphrase of the stack qa is not on this machine; put it into .backline/passphrases/qa (mode 0600) or set PULUMI_CONFIG_PASSPHRASE_FILE",
    );
    passphrase();
    expect(isInitialised(root, "qa", {})).toBe(false);
    expect(whyNotInitialised(root, "qa", {})).toBe(
      "the stack qa is not known on this machine; run: ./backline init qa",
    );
    state({});
    expect(isInitialised(root, "qa", {})).toBe(true);
  });

  it("in a backend of the user's own as far as this machine can tell", () => {
    stackFile("encryptionsalt: v1:salt\n");
    passphrase();
    expect(isInitialised(root, "qa", { PULUMI_BACKEND_URL: "s3://bucket" })).toBe(true);
  });
});

describe("the state file", () => {
  it("tells how many resources there are, their ids, and what was begun", () => {
    state({
      resources: [
        { urn: "a", type: "t" },
        { urn: "b", type: "t", id: "4711" },
      ],
      pending_operations: [{ resource: { urn: "c" }, type: "creating" }],
    });
    expect(readState(root, "qa")).toEqual({ resources: 2, ids: new Set(["4711"]), pending: 1 });
  });

  it("of a new stack holds nothing", () => {
    write(projectPaths(root).stackState("qa"), '{"checkpoint":{"stack":"qa"}}');
    expect(readState(root, "qa")).toEqual({ resources: 0, ids: new Set(), pending: 0 });
  });

  it("that is missing or cut off says nothing", () => {
    expect(readState(root, "qa")).toBeUndefined();
    write(projectPaths(root).stackState("qa"), '{"checkpoint":{"late');
    expect(readState(root, "qa")).toBeUndefined();
  });
});

describe("a stack's name", () => {
  it("is taken as it is where it fits into container names", () => {
    expect(stackName("staging-2")).toBe("staging-2");
  });

  it.each(["../x", "a/b", "Dev", "x", "-dev", "dev\n", "d$(id)", ""])("%j is refused", (name) => {
    expect(() => stackName(name)).toThrow(
      `the stack's name "${name}" cannot be used in container names; write 2 to 20 lower-case letters, digits and hyphens, beginning with a letter`,
    );
  });
});
