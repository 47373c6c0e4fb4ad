import { InputError, OperationError } from "../../components/shared/errors";
import { publicKeyFault } from "../../stacks/settings/host-fields";
import { loadFromFile, stackFile } from "../../stacks/settings/load-file";
import { resolve } from "../../stacks/settings/resolve";
import { ask, requireAnswer } from "./ask";
import { fingerprint, readHostKey, type ShownKey } from "./host-key";
import { requireHost, requireProgram } from "./reach";
import { print, printJson, say } from "./say";
import { setStackValues } from "./stack-file";

export interface TrustOptions {
  readonly root: string;
  readonly stack: string;
  readonly yes: boolean;
  readonly json: boolean;
  /** How the host's key is read. Default: with `ssh-keyscan`. */
  readonly read?: (address: string, ports: readonly number[]) => Promise<ShownKey>;
}

/** Reads the host's key, shows its fingerprint, and pins it in the stack's file with the user's consent. */
export async function trust({ root, stack, yes, json, read = scan }: TrustOptions): Promise<void> {
  const { address, ports, pinned } = readTarget(root, stack);
  const { port, key } = await read(address, ports);
  const isSame = key === pinned;
  const known = pinned === undefined ? undefined : { hostKey: pinned, fingerprint: fingerprint(pinned) };
  if (!isSame) {
    for (const line of warningLines({ stack, address, port, key, pinned })) say(line);
    requireAnswer("host trust", yes);
    if (!yes && !(await ask(`Does the fingerprint fit, and shall the key be pinned in ${stackFile(stack)}?`)))
      throw new OperationError("nothing was written");
    setStackValues(root, stack, { host: { hostKey: key } });
  }
  if (json)
    printJson({
      ...{ stack, address, port, hostKey: key, fingerprint: fingerprint(key), changed: !isSame },
      ...(known === undefined || isSame ? {} : { before: known }),
    });
  else
    print(
      isSame
        ? `${stackFile(stack)} pins this very key already: ${fingerprint(key)}`
        : `${stackFile(stack)} now pins the key of ${address}: ${fingerprint(key)}`,
    );
}

async function scan(address: string, ports: readonly number[]): Promise<ShownKey> {
  requireProgram("ssh-keyscan");
  return await readHostKey(address, ports);
}

/** What is pinned may be no key at all: this command is the one that mends it. */
function readTarget(root: string, stack: string) {
  const raw = loadFromFile(root, stack);
  const { hostKey, ...host }: Record<string, unknown> = Object(raw.values.host);
  const values = { ...raw.values, ...(raw.values.host === undefined ? {} : { host }) };
  const resolution = resolve({ ...raw, values }, { missing: "warn" });
  if (!resolution.ok) throw new InputError(resolution.errors);
  const { address, port, first } = requireHost(resolution.settings);
  const pinned = typeof hostKey === "string" && publicKeyFault(hostKey) === undefined ? hostKey : undefined;
  return { address, ports: [port, first.port], pinned };
}

interface Found {
  readonly stack: string;
  readonly address: string;
  readonly port: number;
  readonly key: string;
  readonly pinned: string | undefined;
}

/** How to find out whether the key is the host's own. */
export function warningLines({ stack, address, port, key, pinned }: Found): string[] {
  const [kind = ""] = key.split(" ");
  const file = kind === "ssh-rsa" ? "ssh_host_rsa_key" : "ssh_host_ed25519_key";
  return [
    `${address}, port ${port}, shows the key`,
    `  ${kind} ${fingerprint(key)}`,
    ...(pinned === undefined
      ? []
      : [
          `and ${stackFile(stack)} pins another one:`,
          `  ${pinned.split(" ")[0]} ${fingerprint(pinned)}`,
          "warning: that is right only after the host was made anew. Otherwise somebody between you and the host may be answering in its place, and whoever pins the new key gives them everything.",
        ]),
    "Compare it with what the host says of itself. In the provider's console, not over SSH, run:",
    `  ssh-keygen -lf /etc/ssh/${file}.pub`,
  ];
}
