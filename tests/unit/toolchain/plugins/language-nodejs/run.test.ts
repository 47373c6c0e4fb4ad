import { describe, expect, it } from "vitest";
import { parseOptions } from "../../../../../toolchain/plugins/language-nodejs/options";
import {
  nodeArguments,
  programEnvironment,
  type RunArguments,
} from "../../../../../toolchain/plugins/language-nodejs/run";

const RUN: RunArguments = {
  monitor: "127.0.0.1:1",
  engine: "127.0.0.1:2",
  organization: "",
  project: "p",
  stack: "s",
  rootDirectory: "/p",
  programDirectory: "/p/stacks",
  entryPoint: "index.ts",
  dryRun: true,
  parallel: 16,
  args: ["more"],
  config: { "p:a": "1", "p:config:b": "2", "p:c:d": "3" },
  configSecretKeys: ["p:a"],
};

describe("a run of a program", () => {
  it("gives Node.js its own arguments, the runner its options, and leaves empty ones out", () => {
    const options = parseOptions({ nodeargs: "--import tsx" });
    expect(nodeArguments("/run.js", options, RUN).slice(1)).toEqual([
      ..."--import tsx /run.js --monitor 127.0.0.1:1 --engine 127.0.0.1:2 --project p --root-directory /p".split(
        " ",
      ),
      ..."--stack s --pwd /p/stacks --parallel 16 --dry-run index.ts more".split(" "),
    ]);
  });

  it("passes the configuration in the SDK's own form", () => {
    const environment = programEnvironment(parseOptions({ typescript: false }), RUN);
    expect(environment).toEqual({
      PULUMI_CONFIG: '{"p:config:a":"1","p:config:b":"2","p:config:c:d":"3"}',
      PULUMI_CONFIG_SECRET_KEYS: '["p:a"]',
    });
  });

  it("tells the SDK about TypeScript and its configuration", () => {
    expect(programEnvironment(parseOptions({ tsconfig: "x.json" }), RUN)).toMatchObject({
      PULUMI_NODEJS_TYPESCRIPT: "true",
      PULUMI_NODEJS_TSCONFIG_PATH: "x.json",
    });
  });

  it("refuses an unknown package manager by name", () => {
    expect(() => parseOptions({ packagemanager: "make" })).toThrow(
      'Pulumi.yaml: runtime.options.packagemanager must be "auto", "npm", "yarn", "pnpm" or "bun"',
    );
  });
});
