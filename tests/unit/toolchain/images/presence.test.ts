import { describe, expect, it } from "vitest";
import { sortOut } from "../../../../toolchain/images/ensure";
import { type FoundImage, presence } from "../../../../toolchain/images/presence";
import { reference, whyWithout } from "../../../../toolchain/images/stand-ins";

const found = (tag: string, label?: string): FoundImage => ({
  Id: `sha256:${tag}`,
  RepoTags: [tag],
  Config: { Labels: label === undefined ? null : { "backline.standin": label } },
});

describe("presence", () => {
  it("tells today's stand-in from an outdated one, an official image and none", () => {
    const images = [found("a:1", "key"), found("b:1", "other"), found("c:1")];
    expect(presence(images, "a:1", "key")).toBe("current");
    expect(presence(images, "b:1", "key")).toBe("outdated");
    expect(presence(images, "c:1", "key")).toBe("official");
    expect(presence(images, "d:1", "key")).toBe("missing");
  });

  it("does not take an image that lost its name", () => {
    expect(presence([{ Id: "sha256:1", RepoTags: null }], "a:1", "key")).toBe("missing");
  });
});

describe("sortOut", () => {
  const keys = new Map([
    ["redis", "r"],
    ["postgres", "p"],
    ["caddy", "c"],
  ] as const);

  it("builds what is missing or outdated and leaves the rest", () => {
    const images = [found(reference("redis"), "r"), found(reference("postgres"), "older")];
    expect(sortOut(["redis", "postgres", "caddy"], keys, images)).toEqual({
      built: [reference("postgres"), reference("caddy")],
      present: [reference("redis")],
      unavailable: [],
    });
  });

  it("says why Grafana cannot be had, and takes it if somebody brought it", () => {
    expect(sortOut(["grafana"], keys, [])).toEqual({
      built: [],
      present: [],
      unavailable: [{ image: reference("grafana"), why: whyWithout.grafana }],
    });
    expect(sortOut(["grafana"], keys, [found(reference("grafana"))])).toEqual({
      built: [],
      present: [reference("grafana")],
      unavailable: [],
    });
  });
});
