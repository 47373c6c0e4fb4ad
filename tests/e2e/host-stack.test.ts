import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Audited, describeAudit } from "../support/audit/describe";
import { backline, containersOf, edit, filesBelow, forget, inShellOf, remains } from "../support/backline";
import { Client, eventually } from "../support/client";
import { clientOf, describeUse, type Used } from "../support/platform-use";
import {
  console,
  dockerOn,
  privateKeyOf,
  type SandboxHost,
  startSandboxHost,
  stopSandboxHost,
  writeHostStack,
} from "../support/sandbox-host";
import { processArgumentsDuring, secretsIn, secretsOf } from "../support/secrets";

const stack = "e2e-host";
const api = "https://api.audifi.localhost";
const docker = dockerOn(stack);
const volumes = ["alertmanager", "postgres", "prometheus", "proxy", "redis", "releases"].map(
  (name) => `${stack}-${name}-data`,
);

const bootOf = () => console(stack, "cut -d ' ' -f 22 /proc/1/stat");

/** The one line of private key material that is recognised wherever it turns up. */
const keyLine = (host: SandboxHost): string => privateKeyOf(host).split("\n")[2] ?? "";

async function clean(): Promise<void> {
  await stopSandboxHost(stack);
  forget(stack);
}

describe("a stack on a blank host", () => {
  const used: Used = {
    stack,
    api,
    sockets: "wss://api.audifi.localhost/ws",
    plain: "http://api.audifi.localhost",
    docker,
  };
  const audited: Audited = { sandbox: stack };
  let host: SandboxHost;
  let seenArguments = "";
  let output = "";

  beforeAll(async () => {
    await clean();
    host = await startSandboxHost(stack);
    audited.host = host;
    writeHostStack(stack, host, {
      "backline:domain": "audifi.localhost",
      "backline:proxy": { certificates: "internal" },
    });
    expect(await backline("init", stack)).toMatchObject({ exitCode: 0 });
    const { result, seen } = await processArgumentsDuring(() => backline("up", stack, "--yes"));
    output = `${result.stdout}\n${result.stderr}`;
    expect(result, output).toMatchObject({ exitCode: 0 });
    seenArguments = seen;
    const { caCertificate } = JSON.parse((await backline("outputs", stack, "--json")).stdout);
    used.client = new Client(caCertificate, host.address);
  });
  afterAll(clean);

  describeUse(used);
  describeAudit(audited);

  it("is not changed by a second up, nor by plain pulumi", async () => {
    const before = await containersOf(stack, docker);
    expect(before).toHaveLength(15);
    const up = await backline("up", stack, "--yes");
    expect(up, up.stderr).toMatchObject({ exitCode: 0 });
    expect(`${up.stdout}${up.stderr}`).not.toMatch(/\d+ (created|updated|replaced|deleted)/);
    const plain = await inShellOf(stack, "pulumi up --yes --skip-preview --expect-no-changes");
    expect(plain, plain.stdout + plain.stderr).toMatchObject({ exitCode: 0 });
    expect(await containersOf(stack, docker)).toEqual(before);
  });

  it("has no drift; what differs is named by the check, and put back", async () => {
    const clear = await backline("host", "check", stack);
    expect(clear, clear.stdout).toMatchObject({ exitCode: 0 });
    await console(
      stack,
      "echo 'Port 2222' > /etc/ssh/sshd_config.d/99-by-hand.conf; echo ' ' >> /etc/docker/daemon.json",
    );
    const drifted = await backline("host", "check", stack, "--json");
    expect(drifted).toMatchObject({ exitCode: 1 });
    expect(drifted.stdout).toContain("/etc/docker/daemon.json has another content");
    expect(drifted.stdout).toContain("the SSH server does not listen on exactly one port");
    await console(stack, "rm /etc/ssh/sshd_config.d/99-by-hand.conf");
    const applied = await backline("host", "apply", stack, "--yes");
    expect(applied, applied.stderr).toMatchObject({ exitCode: 0 });
    expect(await backline("host", "check", stack)).toMatchObject({ exitCode: 0 });
  });

  it("refuses an allow-list that leaves the operator out, and touches nothing", async () => {
    const [, own = ""] = /sshAllow:\s+- (\S+)/.exec(host.settings) ?? [];
    const undo = edit(stack, own, "203.0.113.7/32");
    try {
      const { exitCode, stderr, stdout } = await backline("up", stack, "--yes");
      expect([exitCode, `${stdout}${stderr}`]).toEqual([
        2,
        expect.stringContaining(
          `host.sshAllow: leaves out ${own.replace("/32", "")}, the address that you sign in from, and would lock you out; add "${own}"`,
        ),
      ]);
    } finally {
      undo();
    }
    expect(await backline("host", "check", stack)).toMatchObject({ exitCode: 0 });
  });

  it("keeps connections open while dockerd is killed, and takes new ones when it is back", async () => {
    const socket = await clientOf(used).socket(used.sockets, used.token ?? "");
    await socket.frame("welcome");
    await console(stack, "pkill -9 -x dockerd");
    await eventually("Docker to be back", async () =>
      (await console(stack, "systemctl is-active docker.service || true")) === "active" ? true : undefined,
    );
    socket.send({ type: "join", room: used.room });
    await socket.frame("joined");
    socket.close();
    expect(
      await eventually("a new connection", () => clientOf(used).request(`${api}/ready`), 5),
    ).toMatchObject({
      status: 200,
    });
  });

  it("is healthy again within two minutes of a reboot, behind the same firewall", async () => {
    const rules = "iptables -S DOCKER-USER; ufw status; systemctl --failed --no-legend";
    const [before, boot] = [await console(stack, rules), await bootOf()];
    await console(stack, "systemctl reboot");
    await eventually(
      "all containers to be healthy",
      async () => {
        if ((await bootOf().catch(() => boot)) === boot) return undefined;
        const states = await docker("ps", "--all", "--format", "{{.Status}}").catch(() => "");
        return states.split("\n").filter((state) => state.endsWith("(healthy)")).length === 13
          ? true
          : undefined;
      },
      120,
    );
    expect(await clientOf(used).request(`${api}/ready`)).toMatchObject({ status: 200 });
    expect(await console(stack, rules)).toBe(before);
    expect(await backline("host", "check", stack)).toMatchObject({ exitCode: 0 });
  });

  it("shows no private key and no password to anyone", async () => {
    const secrets = { ...(await secretsOf(stack)), privateKey: keyLine(host) };
    expect(Object.values(secrets).every((value) => value.length >= 16)).toBe(true);
    const preview = await backline("preview", stack, "--json");
    const inspected = await Promise.all(
      (await containersOf(stack, docker)).map(
        async ({ id }) => `${await docker("inspect", id)}${await docker("logs", id)}`,
      ),
    );
    const onHost = await console(stack, "journalctl --no-pager --quiet; cat /var/lib/backline-host/*.log");
    for (const [what, text] of Object.entries({
      seenArguments,
      output,
      preview: preview.stdout,
      inspected: inspected.join("\n"),
      onHost,
    }))
      expect([what, secretsIn(text, secrets)]).toEqual([what, []]);
    for (const { path, text } of filesBelow(".backline/state"))
      expect([path, secretsIn(text, secrets)]).toEqual([path, []]);
    // The search finds what is there.
    expect(secretsIn(privateKeyOf(host), secrets)).toEqual(["privateKey"]);
  });

  it("leaves the host hardened when it is destroyed, and finds its data again with images that are sent", async () => {
    const messages = async () =>
      (await clientOf(used).request(`${api}/v1/rooms/${used.room}/messages`, { token: used.token ?? "" }))
        .body;
    const before = await messages();
    expect(await backline("destroy", stack, "--yes")).toMatchObject({ exitCode: 0 });
    expect(await remains(stack, docker)).toEqual({ containers: [], networks: [], images: [], volumes });
    expect(await backline("host", "check", stack)).toMatchObject({ exitCode: 0 });
    edit(stack, "backline:images:\n", "backline:images:\n    bundled: send\n");
    const up = await backline("up", stack, "--yes");
    expect(up, up.stderr).toMatchObject({ exitCode: 0 });
    // The engine shows only some of a command's lines; the state has them all.
    const state = await inShellOf(stack, "pulumi stack export");
    expect(state.stdout).toContain("Loaded image: backline/e2e-host-api:");
    expect(await messages()).toEqual(before);
    expect(await backline("destroy", stack, "--yes", "--delete-data")).toMatchObject({ exitCode: 0 });
    const nothing = { containers: [], networks: [], images: [], volumes: [] };
    expect([await remains(stack, docker), await remains(stack)]).toEqual([nothing, nothing]);
  });
});
