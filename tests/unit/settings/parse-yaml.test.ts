import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseYaml } from "../../../stacks/settings/parse-yaml";
import { zoneOwners } from "../../../stacks/settings/zone-owners";

it.each([
  ["a tag", "a: b\npassword: !hunter2", 'what follows "!" at line 2 is no tag'],
  ["an alias of nothing", "a: b\npassword: *hunter2", 'what follows "*" at line 2 stands for nothing'],
  [
    "a text that begins like a block of lines",
    "a: b\npassword: >hunter2",
    "at line 2, column 12; mend that line",
  ],
  ["a value that holds itself", "a: &a\n  b: *a", "write out what they stand for"],
  [
    "aliases without end",
    ["a: &a [1,1,1,1,1,1,1,1,1,1]", ..."bcdefg".split("").map((name, at) => alias(name, "abcdefg"[at]))].join(
      "\n",
    ),
    "write out what they stand for",
  ],
  ["several documents", "a: b\n---\nc: d", "holds several documents"],
  ["brackets without end", `a: ${"[".repeat(20_000)}`, "more than 100 levels deep"],
  ["lists without end", `a:\n  ${"- ".repeat(20_000)}x`, "more than 100 levels deep"],
])("%s is refused with a mend", (_, text, said) => {
  const parsed = parseYaml(text);
  const fault = "fault" in parsed ? parsed.fault : "";
  expect(fault).toContain(said);
  expect(fault).not.toContain("hunter2");
});

function nested(levels: number): unknown[] {
  return levels === 1 ? [] : [nested(levels - 1)];
}

function alias(name: string, of = ""): string {
  return `${name}: &${name} [${Array(10).fill(`*${of}`).join(",")}]`;
}

it.each([
  ["nothing", "", null],
  ["an alias of something", "a: &a [1]\nb: *a", { a: [1], b: [1] }],
  ["line ends of Windows, and the mark before them", "\ufeffa: b\r\nc: d\r\n", { a: "b", c: "d" }],
  ["what is as deep as nobody writes", `${"[".repeat(50)}${"]".repeat(50)}`, nested(50)],
  ["JSON", '{"a": {"b": 1}}', { a: { b: 1 } }],
])("%s is read", (_, text, value) => {
  expect(parseYaml(text)).toEqual({ value });
});

it("a mistake in another stack's file does not stop this stack", () => {
  const directory = mkdtempSync(join(tmpdir(), "backline-owners-"));
  try {
    const owner = "config:\n  backline:domain: example.com\n  backline:cloudflare: { zone: owner }\n";
    writeFileSync(join(directory, "Pulumi.production.yaml"), owner);
    writeFileSync(join(directory, "Pulumi.other.yaml"), "config: *.example.com\n");
    expect(zoneOwners(directory, "staging")).toEqual([
      { file: "Pulumi.production.yaml", zone: "example.com" },
    ]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
