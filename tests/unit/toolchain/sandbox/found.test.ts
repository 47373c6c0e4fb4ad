import { describe, expect, it } from "vitest";
import { parseSandboxes } from "../../../../toolchain/sandbox/find";
import { withoutComment } from "../../../../toolchain/sandbox/key";
import { checkKey } from "../../../../toolchain/sandbox/start";
import { isUp, parseUnits } from "../../../../toolchain/sandbox/wait";

const container = (name: string, state: string, address: string) => ({
  Config: { Labels: { "backline.sandbox": name, "backline.sandbox-checkout": "/home/me/backline" } },
  State: { Status: state },
  NetworkSettings: {
    Networks: {
      [`backline-sandbox-${name}`]: { IPAddress: address, Gateway: address === "" ? "" : "172.30.0.1" },
    },
  },
});

describe("a sandbox in Docker", () => {
  it("is read from its container, the first by name first", () => {
    const json = JSON.stringify([container("two", "running", "172.30.0.2"), container("one", "exited", "")]);
    expect(parseSandboxes(json)).toEqual([
      { name: "one", state: "exited", checkout: "/home/me/backline" },
      {
        name: "two",
        state: "running",
        address: "172.30.0.2",
        gateway: "172.30.0.1",
        checkout: "/home/me/backline",
      },
    ]);
  });

  it("is reached by the checkout that made it", () => {
    const found = { name: "demo", state: "running", checkout: "/a" };
    expect(() => checkKey(found, "/a", true)).not.toThrow();
    expect(() => checkKey(found, "/b", true)).toThrow(
      'the sandbox "demo" belongs to the checkout /a, which has its key; choose another name',
    );
    expect(() => checkKey(found, "/a", false)).toThrow(
      'the key of the sandbox "demo" is gone; run ./backline host sandbox stop demo, and start it again',
    );
  });

  it("is up when systemd has finished, also with failures", () => {
    const states = ["initializing", "starting", "running", "degraded", "maintenance", "stopping", "offline"];
    expect(states.filter(isUp)).toEqual(["running", "degraded"]);
  });

  it("names the units that failed", () => {
    const printed = "a.service loaded failed failed A service\n  b.mount loaded failed failed A mount\n";
    expect(parseUnits(printed)).toEqual(["a.service", "b.mount"]);
    expect(parseUnits("")).toEqual([]);
  });

  it("has a host key without the comment that names the machine", () => {
    expect(withoutComment("ssh-ed25519 AAAA root@demo\n")).toBe("ssh-ed25519 AAAA");
  });
});
