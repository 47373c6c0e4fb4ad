import { describe, expect, it } from "vitest";
import { enginePackages, parsePolicy } from "../../../../toolchain/docker/packages";
import { dockerSource } from "../../../../toolchain/docker/repository";

const bookworm = new Set(["docker.io"]);
const trixie = new Set(["docker.io", "docker-cli"]);
const dockers = new Set(["docker-ce", "docker.io"]);

describe("enginePackages", () => {
  it("takes the distribution's engine, which on older releases brings the client", () => {
    expect(enginePackages(bookworm, { engine: true, client: false })).toEqual(["docker.io", "iptables"]);
    expect(enginePackages(bookworm, { engine: true, client: true })).toEqual(["docker.io", "iptables"]);
    expect(enginePackages(bookworm, { engine: false, client: true })).toEqual(["docker.io"]);
  });

  it("takes the client's package where the distribution has one, and only if the client is missing", () => {
    expect(enginePackages(trixie, { engine: true, client: true })).toEqual([
      "docker.io",
      "iptables",
      "docker-cli",
    ]);
    expect(enginePackages(trixie, { engine: true, client: false })).toEqual(["docker.io", "iptables"]);
  });

  it("prefers Docker's own packages once apt knows them", () => {
    expect(enginePackages(dockers, { engine: true, client: true })).toEqual([
      "docker-ce",
      "containerd.io",
      "iptables",
      "docker-ce-cli",
    ]);
  });
});

describe("parsePolicy", () => {
  it("gives the packages that have a candidate", () => {
    const listing = [
      "docker-ce:",
      "  Installed: (none)",
      "  Candidate: (none)",
      "docker.io:",
      "  Installed: (none)",
      "  Candidate: 20.10.24+dfsg1-1+deb12u1+b6",
      "  Version table:",
      "     20.10.24+dfsg1-1+deb12u1+b6 500",
    ].join("\n");
    expect(parsePolicy(listing)).toEqual(["docker.io"]);
  });
});

describe("dockerSource", () => {
  it("is a deb822 source of one release, signed by Docker's key", () => {
    expect(dockerSource({ distribution: "ubuntu", codename: "noble", architecture: "arm64" })).toBe(
      `Types: deb
URIs: https://download.docker.com/linux/ubuntu
Suites: noble
Components: stable
Architectures: arm64
Signed-By: /etc/apt/keyrings/docker.asc
`,
    );
  });
});
