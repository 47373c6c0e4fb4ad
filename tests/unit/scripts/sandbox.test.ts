import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { sandboxName } from "../../../scripts/operations/sandbox-name";
import {
  describeSandbox,
  renderList,
  renderSandbox,
  settingsLines,
  settingsOf,
} from "../../../scripts/operations/sandbox-text";
import { resolve } from "../../../stacks/settings/resolve";
import { sandboxFiles } from "../../../toolchain/sandbox";
import { hostKey, otherKey } from "../../support/host-stack";
import { secrets } from "../../support/resolution";

const size = { memory: 8 * 2 ** 30, cpus: 4 };
const sandbox = {
  name: "sandbox",
  address: "172.30.0.2",
  port: 22,
  user: "root",
  hostKey,
  publicKey: `${otherKey} backline-sandbox-sandbox`,
  gateway: "172.30.0.1",
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

Try it (as ops in the place of root once a stack is deployed to it):
  ssh -i /b/sandboxes/sandbox/id_ed25519 -o UserKnownHostsFile=/b/sandboxes/sandbox/known_hosts -o IdentitiesOnly=yes root@172.30.0.2

For a Pulumi.<stack>.yaml:
  config:
    backline:host:
      address: 172.30.0.2
      user: ops
      firstUser: root
      hostKey: ${hostKey}
      identityFile: /b/sandboxes/sandbox/id_ed25519
      publicKeys:
        - ${otherKey} backline-sandbox-sandbox
      sshAllow:
        - 172.30.0.1/32
      container: true
      memory: 8192Mi
      cpus: 4
    backline:proxy:
      certificates: internal

Remove it with everything on it:
  ./backline host sandbox stop
`);
  });

  it("names the units that failed, and the sandbox where it is not the usual one", () => {
    const other = { ...sandbox, name: "two", started: false, failedUnits: ["a.service", "b.mount"] };
    const text = renderSandbox(describeSandbox(other, size));
    expect(text).toContain('The sandbox "two" was up already.\n');
    expect(text).toContain("\nwarning: systemd could not start a.service, b.mount\n\nTry it ");
    expect(text).toContain("\n  ./backline host sandbox stop two\n");
  });

  it("quotes paths for the shell", () => {
    const files = sandboxFiles("/my files", "sandbox");
    expect(describeSandbox({ ...sandbox, files }, size).ssh).toBe(
      "ssh -i '/my files/sandbox/id_ed25519' -o 'UserKnownHostsFile=/my files/sandbox/known_hosts' -o IdentitiesOnly=yes root@172.30.0.2",
    );
  });

  it("gives the same settings as data, which a stack can be deployed with", () => {
    const { settings, values } = describeSandbox(sandbox, { ...size, memory: 24 * 2 ** 30 });
    expect(parse(settings)).toEqual({
      config: { "backline:host": values.host, "backline:proxy": values.proxy },
    });
    const raw = { stack: "qa", file: "Pulumi.qa.yaml", values: { ...values, secrets }, plainSecrets: [] };
    const resolution = resolve(raw, { missing: "error" });
    expect(resolution.ok && resolution.settings.host).toMatchObject({
      ...{ address: "172.30.0.2", user: "ops", firstUser: "root", hostKey, container: true },
      sshAllow: ["172.30.0.1/32"],
    });
  });

  it("writes the port only where it is not the usual one, and an allow-list only where it is known", () => {
    const { host } = settingsOf({ ...sandbox, port: 2222, gateway: undefined }, size);
    expect(host).toMatchObject({ port: 2222, firstPort: 2222 });
    expect(host).not.toHaveProperty("sshAllow");
    expect(parse(settingsLines(settingsOf(sandbox, size))).config["backline:host"]).not.toHaveProperty(
      "port",
    );
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
