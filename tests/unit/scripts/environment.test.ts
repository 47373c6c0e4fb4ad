import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  childEnvironment,
  hasOwnBackend,
  hasPassphrase,
  renderExports,
  stackEnvironment,
} from "../../../scripts/operations/environment";
import type { Toolchain } from "../../../toolchain";

const toolchain: Toolchain = {
  kind: "registry",
  pulumi: "/cache/bin/pulumi",
  pulumiHome: "/cache/home",
  previewHome: "/cache/preview-home",
  path: ["/cache/bin"],
  environment: { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" },
};
const root = "/project";

const environmentOf = (user: NodeJS.ProcessEnv) =>
  stackEnvironment({ root, stack: "dev", toolchain, user }).variables;

describe("the environment of a stack", () => {
  it("names home, backend, stack and passphrase file", () => {
    expect(environmentOf({})).toEqual({
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_HOME: "/cache/home",
      PULUMI_BACKEND_URL: "file:///project/.backline/state",
      PULUMI_STACK: "dev",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_CONFIG_PASSPHRASE_FILE: "/project/.backline/passphrases/dev",
    });
  });

  it("keeps the backend that the user has set", () => {
    expect(environmentOf({ PULUMI_BACKEND_URL: "s3://bucket" }).PULUMI_BACKEND_URL).toBe("s3://bucket");
  });

  it("takes an empty backend, as CI systems give who lacks a secret, for none", () => {
    expect(environmentOf({ PULUMI_BACKEND_URL: "" }).PULUMI_BACKEND_URL).toBe(
      "file:///project/.backline/state",
    );
    expect(hasOwnBackend(root, { PULUMI_BACKEND_URL: "" })).toBe(false);
    expect(hasOwnBackend(root, { PULUMI_BACKEND_URL: "s3://bucket" })).toBe(true);
  });

  it.each([
    ["PULUMI_CONFIG_PASSPHRASE", "correct horse"],
    ["PULUMI_CONFIG_PASSPHRASE", ""],
    ["PULUMI_CONFIG_PASSPHRASE_FILE", "/home/ada/passphrase"],
  ])("leaves the passphrase to a %s of the user's own", (name, value) => {
    expect(environmentOf({ [name]: value })).not.toHaveProperty("PULUMI_CONFIG_PASSPHRASE_FILE");
  });

  it("replaces the passphrase file that the env of another stack left in the shell", () => {
    const user = { PULUMI_CONFIG_PASSPHRASE_FILE: "/project/.backline/passphrases/staging" };
    expect(environmentOf(user).PULUMI_CONFIG_PASSPHRASE_FILE).toBe("/project/.backline/passphrases/dev");
  });
});

describe("exports", () => {
  it("are sorted, one a line, with the toolchain first on PATH", () => {
    expect(renderExports({ variables: { B: "two", A: "one" }, path: ["/cache/bin", "/more"] })).toBe(
      'export A=one\nexport B=two\nexport PATH=/cache/bin:/more:"$PATH"\n',
    );
  });

  it("leave PATH alone where nothing comes first on it", () => {
    expect(renderExports({ variables: { A: "one" }, path: [] })).toBe("export A=one\n");
  });

  it("give a shell exactly the values, whatever characters they have", () => {
    const value = "a b'c\"d$(touch x)`e`\\ *";
    const script = `${renderExports({ variables: { VALUE: value }, path: ["/it's here"] })}printf '%s|%s' "$VALUE" "$PATH"`;
    expect(execFileSync("sh", ["-c", script], { env: { PATH: "/usr/bin" }, encoding: "utf8" })).toBe(
      `${value}|/it's here:/usr/bin`,
    );
  });
});

describe("the environment of a child process", () => {
  it("is the user's own with the stack's on top", () => {
    expect(
      childEnvironment(
        { variables: { PULUMI_STACK: "dev" }, path: ["/cache/bin"] },
        { HOME: "/home/ada", PATH: "/usr/bin", PULUMI_STACK: "old", UNSET: undefined },
      ),
    ).toEqual({ HOME: "/home/ada", PATH: "/cache/bin:/usr/bin", PULUMI_STACK: "dev" });
  });
});

describe("a passphrase", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "backline-environment-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is there once its file or the user's own is", () => {
    expect(hasPassphrase(folder, "dev", {})).toBe(false);
    expect(hasPassphrase(folder, "dev", { PULUMI_CONFIG_PASSPHRASE: "" })).toBe(true);
    mkdirSync(join(folder, ".backline", "passphrases"), { recursive: true });
    writeFileSync(join(folder, ".backline", "passphrases", "dev"), "secret");
    expect(hasPassphrase(folder, "dev", {})).toBe(true);
    expect(hasPassphrase(folder, "staging", {})).toBe(false);
  });
});
