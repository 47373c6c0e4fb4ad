import { afterAll, beforeAll, expect, it } from "vitest";
import { distributions } from "../../../components/host/distribution";
import { console, dockerOn, type SandboxHost } from "../sandbox-host";
import { lynisScore } from "./lynis";
import { openPorts } from "./port-scan";
import { type Scanner, startScanner } from "./scanner";
import { sshAudit, sshAuditFolder } from "./ssh-audit";

/** What a host is, once it is there. */
export interface Audited {
  readonly sandbox: string;
  host?: SandboxHost;
}

/** Looks at a host that runs a platform as those do who have never seen it. */
export function describeAudit(audited: Audited): void {
  let allowed: Scanner;
  let stranger: Scanner;
  const address = (): string => audited.host?.address ?? "";

  beforeAll(async () => {
    // One after the other: they share an image. The sandbox sees the machine itself as its network's gateway.
    const folders = await sshAuditFolder();
    allowed = await startScanner("host", folders);
    stranger = await startScanner(`backline-sandbox-${audited.sandbox}`);
  });
  afterAll(async () => {
    await Promise.all([allowed?.remove(), stranger?.remove()]);
  });

  it("shows the web's ports to everyone and SSH to the allow-list, whatever a container publishes by hand", async () => {
    const docker = dockerOn(audited.sandbox);
    const image = (
      await docker("ps", "--format", "{{.Image}}", "--filter", "label=backline.service=api")
    ).split("\n")[0];
    const serve = "require('http').createServer((q, a) => a.end('by hand')).listen(8081)";
    const options = ["--detach", "--rm", "--publish", "8081:8081", "--publish", "0.0.0.0:5432:8081"];
    const id = await docker("run", ...options, "--entrypoint", "node", image ?? "", "-e", serve);
    try {
      // It may take a moment until it listens.
      const ask = "curl -s --retry 15 --retry-delay 1 --retry-all-errors http://127.0.0.1:8081";
      expect(await console(audited.sandbox, ask)).toBe("by hand");
      expect(await openPorts(allowed, address())).toEqual([22, 80, 443]);
      expect(await openPorts(stranger, address())).toEqual([80, 443]);
    } finally {
      await docker("rm", "--force", "--volumes", id);
    }
  });

  it("passes ssh-audit without a finding, and the hardened policy of its OpenSSH", async () => {
    const { policy } = distributions["debian-12"].openssh;
    const audit = await sshAudit(allowed, address(), policy);
    expect(audit.findings).toEqual([]);
    expect(audit.policy, audit.policy.output).toMatchObject({ name: policy, passed: true });
  });

  it("scores 80 or more with lynis", async () => {
    const ssh = async (command: string, input = "") => ({
      stdout: await console(audited.sandbox, command, input),
      stderr: "",
      exitCode: 0,
    });
    const { raw, adjusted, skipped, warnings } = await lynisScore(ssh);
    process.stdout.write(
      `lynis: ${adjusted} without ${skipped.length} tests that cannot apply in a container, ${raw} with them\n`,
    );
    expect(warnings).toEqual([]);
    expect(adjusted).toBeGreaterThanOrEqual(80);
    expect(skipped.length).toBeLessThan(20);
  });
}
