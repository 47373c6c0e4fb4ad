import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../../../..");

/** What the type check says of a program beside the components, with the project's own options. */
function diagnosticsOf(source: string): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
  const path = join(root, "components/dns/snippet.ts");
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (file) => file === path || fileExists(file);
  host.getSourceFile = (file, ...rest) =>
    file === path ? ts.createSourceFile(file, source, ts.ScriptTarget.ES2022) : getSourceFile(file, ...rest);
  const program = ts.createProgram([path], options, host);
  const file = program.getSourceFile(path);
  return program
    .getSemanticDiagnostics(file)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " ").replace(/\s+/g, " "));
}

const imports = `
import type { RecordInputs } from "./record";
import type { RulesetPlan } from "./rulesets";
import type { ZoneSettingPlan } from "./zone-settings";
`;
const right = `
const record: RecordInputs = { name: "x.example.com", type: "A", content: "203.0.113.7", ttl: 1 };
const rules: RulesetPlan["rules"] = [
  { expression: "true", action: "block", ratelimit: { characteristics: ["ip.src"], period: 10 } },
];
const setting: ZoneSettingPlan = { id: "ssl", value: "strict" };
`;
const wrong = right
  .replace("content:", "contnt:")
  .replace("period:", "perod:")
  .replace('id: "ssl"', 'id: "sssl"')
  .replaceAll(/const (\w+)/g, "const wrong_$1");

describe("what the provider is told", { timeout: 120_000 }, () => {
  it("has the provider's own types, which refuse a property that it does not have", () => {
    const names = [...`${right}${wrong}`.matchAll(/const (\w+)/g)].map(([, name]) => name);
    expect(diagnosticsOf(`${imports}${right}${wrong}export { ${names.join(", ")} };`)).toEqual([
      "Object literal may only specify known properties, but 'contnt' does not exist in type 'RecordInputs'. Did you mean to write 'content'?",
      expect.stringContaining("'perod' does not exist in type"),
      expect.stringContaining("Type '\"sssl\"' is not assignable to type"),
    ]);
  });
});
