import { describe, expect, it } from "vitest";
import { pullReference, registryHost } from "../../../../toolchain/images/official";

describe("pullReference", () => {
  it("adds the pinned digest to the tag", () => {
    expect(pullReference({ repository: "redis", tag: "7.2.11" })).toBe("redis:7.2.11");
    expect(pullReference({ repository: "redis", tag: "7.2.11", digest: "sha256:ab" })).toBe(
      "redis:7.2.11@sha256:ab",
    );
  });
});

describe("registryHost", () => {
  it.each([
    ["redis", "registry-1.docker.io"],
    ["prom/prometheus", "registry-1.docker.io"],
    ["quay.io/prometheus/prometheus", "quay.io"],
    ["localhost:5000/redis", "localhost:5000"],
    ["localhost/redis", "localhost"],
  ])("finds the registry of %s", (repository, host) => {
    expect(registryHost(repository)).toBe(host);
  });
});
