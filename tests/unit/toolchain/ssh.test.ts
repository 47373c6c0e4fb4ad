import { describe, expect, it } from "vitest";
import { planSsh } from "../../../toolchain/ssh";

const having =
  (...names: string[]) =>
  (name: string) =>
    names.includes(name) ? `/usr/bin/${name}` : undefined;

describe("planSsh", () => {
  it("has nothing to do where every program is there", () => {
    expect(planSsh(having("ssh", "ssh-keygen", "ssh-keyscan"))).toEqual([]);
  });

  it("says what it installs, and for what", () => {
    expect(planSsh(having("ssh", "apt-get"))).toEqual([
      "Install OpenSSH's client (openssh-client) with apt-get, for ssh-keygen, ssh-keyscan.",
    ]);
  });

  it("says what is missing where it cannot help", () => {
    expect(() => planSsh(having())).toThrow(
      "there is no ssh, ssh-keygen, ssh-keyscan on PATH, which reaches a host; install OpenSSH's client",
    );
  });
});
