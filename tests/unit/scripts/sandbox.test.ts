import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { sandboxName } from "../../../scripts/operations/sandbox-name";
import {
  describeSandbox,
  renderList,
  renderSandbox,
  settingsLines,
} from "../../../scripts/operations/sandbox-text";
import { sandboxFiles } from "../../../toolchain/sandbox";

const size = { memory: 8 * 2 ** 30, cpus: 4 };
const sandbox = {
  name: "sandbox",
  address: "172.30.0.2",
  port: 22,
  user: "root",
  hostKey: "ssh-ed25519 AAAA",
  files: sandboxFiles("/b/sandboxes", "sandbox"),
  started: true,
  failedUnits: [],
};

describe("host sandbox", () => {
  it("prints how to reach a sandbox, and what to write into a stack's file", () => {
    expect(renderSandbox(describeSandbox(sandbox, size))).toBe(`The sandbox "sandbox" is up.

address  172.30.0.2
port     22
user     root
key      /b/sandboxes/sandbox/id_ed25519

Try it:
  ssh -i /b/sandboxes/sandbox/id_ed25519 -o UserKnownHostsFile=/b/sandboxes/sandbox/known_hosts -o IdentitiesOnly=yes root@172.30.0.2

For a Pulumi.<stack>.yaml:
  config:
    backline:host:
      address: 172.30.0.2
      user: root
      memory: 8192Mi
      cpus: 4

Remove it with everything on it:
  ./backline host sandbox stop
`);
  });

  it("names the units that failed, and the sandbox where it is not the usual one", () => {
    const other = { ...sandbox, name: "two", started: false, failedUnits: ["a.service", "b.mount"] };
    const text = renderSandbox(describeSandbox(other, size));
    expect(text).toContain('The sandbox "two" was up already.\n');
    expect(text).toContain("\nwarning: systemd could not start a.service, b.mount\n\nTry it:\n");
    expect(text).toContain("\n  ./backline host sandbox stop two\n");
  });

  it("quotes paths for the shell", () => {
    const files = sandboxFiles("/my files", "sandbox");
    expect(describeSandbox({ ...sandbox, files }, size).ssh).toBe(
      "ssh -i '/my files/sandbox/id_ed25519' -o 'UserKnownHostsFile=/my files/sandbox/known_hosts' -o IdentitiesOnly=yes root@172.30.0.2",
    );
  });

  it("writes settings that are YAML, with the port only where it is not the usual one", () => {
    expect(parse(settingsLines({ address: "172.30.0.2", port: 2222, user: "root" }, size))).toEqual({
      config: {
        "backline:host": { address: "172.30.0.2", user: "root", port: 2222, memory: "8192Mi", cpus: 4 },
      },
    });
  });

  it("lists sandboxes in columns", () => {
    const found = [
      { name: "one", state: "exited", checkout: "/a" },
      { name: "sandbox", state: "running", address: "172.30.0.2", checkout: "/b" },
    ];
    expect(renderList(found)).toBe(
      "NAME     STATE    ADDRESS     CHECKOUT\none      exited   -           /a\nsandbox  running  172.30.0.2  /b\n",
    );
    expect(renderList([])).toBe("There is no sandbox.\n");
  });

  it("refuses a name that cannot be a host's", () => {
    expect(sandboxName("demo")).toBe("demo");
    expect(() => sandboxName("Demo")).toThrow(
      '"Demo" cannot name a sandbox; write up to 30 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen',
    );
  });
});
