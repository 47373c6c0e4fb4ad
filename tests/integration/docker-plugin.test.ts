import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";

const source = join(import.meta.dirname, "..", "..", "toolchain", "go", "pulumi-resource-docker");

describe("the Docker plugin in Go", () => {
  it.each([["vet"], ["test"]])("passes go %s", async (command) => {
    const options = { cwd: source, env: { CGO_ENABLED: "0" }, all: true, reject: false } as const;
    const { exitCode, all } = await execa("go", [command, "."], options);
    expect(exitCode, all).toBe(0);
  });
});
