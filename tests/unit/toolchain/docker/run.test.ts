import { describe, expect, it } from "vitest";
import { OperationError } from "../../../../components/shared/errors";
import { findProgram } from "../../../../toolchain/docker/programs";
import { ask, run } from "../../../../toolchain/docker/run";

describe("run", () => {
  it("gives standard output and reports the latest line of both outputs", async () => {
    const lines: string[] = [];
    const output = await run(["sh", "-c", "echo one; echo two >&2"], {
      what: "Saying",
      report: (line) => lines.push(line),
    });
    expect(output).toBe("one");
    expect(lines.at(-1)).toBe("two");
  });

  it("fails with one sentence that ends in the program's last lines", async () => {
    const failing = run(["sh", "-c", "echo first; printf '\\033[91msecond\\033[0m\\n' >&2; exit 3"], {
      what: "Trying",
    });
    await expect(failing).rejects.toThrow(new OperationError("Trying failed: first; second"));
  });

  it("names a program that is missing", async () => {
    const failing = run(["backline-no-such-program"], { what: "Trying" });
    await expect(failing).rejects.toThrow(
      new OperationError(
        "Trying failed: Command failed with ENOENT: backline-no-such-program; spawn backline-no-such-program ENOENT",
      ),
    );
  });
});

describe("ask", () => {
  it("gives output also of a program that failed, and never throws", async () => {
    expect(await ask(["sh", "-c", "echo some; echo why >&2; exit 1"])).toEqual({
      ok: false,
      stdout: "some",
      stderr: "why",
    });
    expect(await ask(["backline-no-such-program"])).toMatchObject({ ok: false, stdout: "" });
  });
});

describe("findProgram", () => {
  it("finds a program by the given PATH and knows when there is none", () => {
    expect(findProgram("sh", "/nowhere:/bin")).toBe("/bin/sh");
    expect(findProgram("backline-no-such-program")).toBeUndefined();
  });
});
