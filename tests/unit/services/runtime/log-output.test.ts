import { join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";

const program = join(import.meta.dirname, "log-program.ts");

it("gathers lines for a moment, but writes a warning at once with what is before it, and the rest at the end", async () => {
  const { stdout } = await execa("node", ["--import", "tsx", program]);
  const texts = stdout.split("\n").map((line) => JSON.parse(line).msg);
  expect(texts).toEqual(["nothing yet", "asked", "careful", "both are out", "last"]);
});
