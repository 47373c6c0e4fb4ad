import { createHash } from "node:crypto";
import { execa } from "execa";
import { OperationError } from "../../components/shared/errors";
import { publicKeyFault } from "../../stacks/settings/host-fields";

/** Kinds of host keys that settings take, the best one first; each costs a connection. */
const kinds = ["ssh-ed25519", "ssh-rsa"] as const;
const scanNames: Readonly<Record<(typeof kinds)[number], string>> = {
  "ssh-ed25519": "ed25519",
  "ssh-rsa": "rsa",
};

/** Seconds that a host has to answer. `ssh-keyscan` does not say why one did not. */
const timeout = 10;

/** `SHA256:...` of a key `ssh-ed25519 AAAA...`, as `ssh-keygen -l` prints it. */
export function fingerprint(key: string): string {
  const [, data = ""] = key.split(" ");
  const hash = createHash("sha256").update(Buffer.from(data, "base64")).digest("base64");
  return `SHA256:${hash.replace(/=+$/, "")}`;
}

/** The key of a kind in what `ssh-keyscan` prints, if settings take it. */
export function parseScan(text: string, kind: string): string | undefined {
  const found = text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .map((line) => line.trim().split(/\s+/))
    .find(([, shown]) => shown === kind);
  const key = found?.slice(1, 3).join(" ");
  return key === undefined || publicKeyFault(key) !== undefined ? undefined : key;
}

export interface ShownKey {
  readonly port: number;
  /** `ssh-ed25519 AAAA...` */
  readonly key: string;
}

/** What `ssh-keyscan` answered: keys on standard output, the server's greeting or why there is none on either. */
export type Scan = (
  port: number,
  kind: string,
) => Promise<{ readonly stdout: string; readonly stderr: string }>;

export const scanHost =
  (address: string): Scan =>
  async (port, kind) =>
    await execa("ssh-keyscan", ["-T", String(timeout), "-p", String(port), "-t", kind, address], {
      reject: false,
      stdin: "ignore",
    });

/** Reads a host's key at the first of the ports where an SSH server answers. @throws OperationError if none does. */
export async function readHostKey(
  address: string,
  ports: readonly number[],
  scan: Scan = scanHost(address),
): Promise<ShownKey> {
  let reason = "no SSH server answers there";
  for (const port of new Set(ports))
    for (const kind of kinds) {
      const { stdout, stderr } = await scan(port, scanNames[kind]);
      const key = parseScan(stdout, kind);
      if (key !== undefined) return { port, key };
      const said = `${stdout}\n${stderr}`;
      if (!said.includes("SSH-")) {
        reason = lastLine(stderr) ?? reason;
        break;
      }
      reason = "the SSH server shows neither an Ed25519 key nor an RSA key of 3072 bits or more";
    }
  throw new OperationError(
    `the key of ${address} cannot be read at port ${[...new Set(ports)].join(" or ")}: ${reason}; is the host up, and are host.address and host.port right? Nothing was written`,
  );
}

const lastLine = (text: string): string | undefined =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .at(-1);
