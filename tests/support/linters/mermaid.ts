import { execa } from "execa";
import { cached } from "../../../toolchain/cache";

/** Mermaid reads a diagram only where there is a document, which jsdom is. */
const versions = { mermaid: "11.17.2", jsdom: "29.1.1" } as const;

/** Reads diagrams from standard input, as a JSON list, and answers each one's error, or null. */
const script = `
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";
const { window } = new JSDOM("<!doctype html>");
Object.assign(globalThis, { window, document: window.document });
const { default: mermaid } = await import("mermaid");
const errors = [];
for (const text of JSON.parse(readFileSync(0, "utf8")))
  errors.push(await mermaid.parse(text).then(({ diagramType }) => diagramType.startsWith("flowchart") ? null : diagramType, (error) => error.message));
console.log(JSON.stringify(errors));
`;

/**
 * What Mermaid itself says of flowcharts: its error, or null where it reads one. It is installed into the cache, since
 * 180 MB are too much for everybody who installs this project.
 */
export async function mermaidErrors(diagrams: readonly string[]): Promise<(string | null)[]> {
  const folder = await cached({
    name: "mermaid",
    key: Object.values(versions).join("-"),
    build: async (staging) => {
      const packages = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
      await execa("npm", [
        "install",
        "--prefix",
        staging,
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        ...packages,
      ]);
    },
  });
  const { stdout } = await execa(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: folder,
    input: JSON.stringify(diagrams),
  });
  return JSON.parse(stdout);
}
