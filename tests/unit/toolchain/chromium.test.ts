import { describe, expect, it } from "vitest";
import { planChromium } from "../../../toolchain/chromium";

const having =
  (...names: string[]) =>
  (name: string) =>
    names.includes(name) ? `/usr/bin/${name}` : undefined;

describe("planChromium", () => {
  it("has nothing to do where one of the browsers is there", () => {
    expect(planChromium(having("chromium"))).toEqual([]);
    expect(planChromium(having("google-chrome"))).toEqual([]);
  });

  it("says what it installs, and for what", () => {
    expect(planChromium(having("apt-get"))).toEqual([
      "Install Chromium (chromium) with apt-get, for the end-to-end tests of the front end.",
    ]);
  });

  it("says what is missing where it cannot help", () => {
    expect(() => planChromium(having())).toThrow(
      "there is no chromium or chromium-browser or google-chrome on PATH, which the end-to-end tests use; install Chromium",
    );
  });
});
