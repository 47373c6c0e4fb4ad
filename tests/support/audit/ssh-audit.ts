import { z } from "zod";
import type { Scanner } from "./scanner";
import { ensureSshAudit, sshAuditWheel } from "./wheel";

/** Where the scanner's container finds the wheel. */
const path = "/ssh-audit";

/** The folder that the scanner needs for `sshAudit`. */
export const sshAuditFolder = async (): Promise<Record<string, string>> => ({
  [path]: await ensureSshAudit(),
});

export interface SshAudit {
  /** What the plain audit fails or warns of: `fail (kex) name: reason`. */
  readonly findings: readonly string[];
  readonly policy: { readonly name: string; readonly passed: boolean; readonly output: string };
}

const notes = z.object({ fail: z.array(z.string()).optional(), warn: z.array(z.string()).optional() });
const algorithm = z.object({ algorithm: z.string(), notes: notes.optional() });
const kinds = ["kex", "key", "enc", "mac"] as const;
const report = z.object({
  kex: z.array(algorithm),
  key: z.array(algorithm),
  enc: z.array(algorithm),
  mac: z.array(algorithm),
});

/**
 * Audits the SSH server of an address, plainly and by one of ssh-audit's own policies.
 * @param policy Its whole name: `Hardened Debian 12 (version 3)`.
 */
export async function sshAudit(scanner: Scanner, address: string, policy: string): Promise<SshAudit> {
  const program = ["env", `PYTHONPATH=${path}/${sshAuditWheel.file}`, "python3", "-m", "ssh_audit"];
  const plain = await scanner.run([...program, "--json", address]);
  const hardened = await scanner.run([...program, "--no-colors", "--policy", policy, address]);
  return {
    findings: findingsOf(plain.stdout || plain.stderr),
    policy: { name: policy, passed: hardened.exitCode === 0, output: hardened.stdout },
  };
}

/** Failures and warnings of ssh-audit's JSON. Throws where the text is none. */
export function findingsOf(text: string): string[] {
  const audit = report.parse(JSON.parse(text));
  return kinds.flatMap((kind) =>
    audit[kind].flatMap(({ algorithm: name, notes: { fail = [], warn = [] } = {} }) => [
      ...fail.map((reason) => `fail (${kind}) ${name}: ${reason}`),
      ...warn.map((reason) => `warn (${kind}) ${name}: ${reason}`),
    ]),
  );
}
