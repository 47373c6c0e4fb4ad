import { describe, expect, it, vi } from "vitest";
import { mappedOnce } from "../../../stacks/stack-traces";

/** As the SDK's source maps write a trace: other positions than V8's own. */
const mapping = (error: Error, frames: NodeJS.CallSite[]): string =>
  `${error.name}: ${error.message}${frames.map((frame) => `\n    at mapped ${frame}`).join("")}`;

const frame = (text: string): NodeJS.CallSite => Object.assign(Object.create(null), { toString: () => text });

describe("stack traces whose lines are mapped once", () => {
  const frames = ["one (a.ts:1:2)", "two (b.ts:3:4)", "one (a.ts:1:2)"].map(frame);

  it("are the same as those whose lines are all mapped", () => {
    const prepare = mappedOnce(mapping);
    for (const error of [new Error("first"), new TypeError("of two\nlines"), new Error("")])
      expect(prepare(error, frames)).toBe(mapping(error, frames));
    expect(prepare(new Error("nowhere"), [])).toBe("Error: nowhere");
  });

  it("map no line a second time", () => {
    const watched = vi.fn(mapping);
    const prepare = mappedOnce(watched);
    for (const message of ["first", "second"]) prepare(new Error(message), frames);
    const lines = watched.mock.calls.flatMap(([, mapped]) => mapped.map(String));
    expect(lines).toEqual(["one (a.ts:1:2)", "two (b.ts:3:4)"]);
  });
});
