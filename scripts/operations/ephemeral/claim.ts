import { mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { imageReference } from "../../../components/images/plan";
import { InputError, OperationError } from "../../../components/shared/errors";
import { usedImages } from "../../../stacks/images";
import type { Settings } from "../../../stacks/settings";
import { originOf } from "../../../stacks/urls";
import { withLock } from "../../../toolchain/lock";
import { projectPaths } from "../project";
import { say } from "../say";
import { type Ephemeral, findEphemerals } from "./find";
import { writeLeaseOf } from "./lease-of";
import { stackOf } from "./names";
import { choosePorts } from "./ports";
import { type EphemeralRecord, writeRecord } from "./record";
import { derive, hostOf, type Wanted } from "./settings";

export interface ClaimOptions extends Omit<Wanted, "ports"> {
  readonly root: string;
  /** How long it lives, in seconds. */
  readonly seconds: number;
}

export interface Claimed {
  readonly record: EphemeralRecord;
  /** What the stack's file is to say. */
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Gives a new stack its ports and says that it exists, before anything of it is made. One at a time, so that two stacks
 * which are made at once get different ports.
 */
export async function claim({ root, seconds, ...wanted }: ClaimOptions): Promise<Claimed> {
  const lock = `${projectPaths(root).ephemerals}.lock`;
  mkdirSync(dirname(lock), { recursive: true });
  return await withLock(lock, async () => {
    const host = hostOf(wanted.given);
    const found = await findEphemerals(root, host);
    const others = found.ephemerals.filter(({ record }) => record.name !== wanted.name);
    const neighbours = others.filter(({ record }) => record.host.address === host.address);
    const ports = await portsOf(host.address, neighbours);
    const { values, settings, reduced } = derive({ ...wanted, ports });
    if (reduced)
      say(
        `staging does not fit on this machine (${settings.host.memory}Mi): each service has one replica in the place of staging's`,
      );
    const record = recordOf({ root, name: wanted.name, seconds, settings, values });
    writeRecord(root, record);
    await writeLeaseOf(record);
    return { record, values };
  });
}

/** @throws where none are left, or the host belongs to another ephemeral stack. */
async function portsOf(
  address: unknown,
  neighbours: readonly Ephemeral[],
): Promise<EphemeralRecord["ports"]> {
  if (address === undefined) {
    const ports = await choosePorts(neighbours.map(({ record }) => record.ports));
    if (ports !== undefined) return ports;
    throw new OperationError(
      "no pair of ports is free for another ephemeral stack; ./backline ephemeral list shows those that there are",
    );
  }
  const [other] = neighbours;
  if (other === undefined) return { http: 80, https: 443 };
  // The firewall of a host is that of one stack.
  throw new InputError([
    {
      code: "ephemeral-host",
      file: "",
      path: "host.address",
      message: `the host ${String(address)} runs ${stackOf(other.record.name)} already, and its firewall opens the ports of one stack; write another host, or destroy that one: ./backline ephemeral destroy ${other.record.name}`,
    },
  ]);
}

/** By digest, and as they are called where they were built: `up` may find out that they are. */
const imagesOf = (settings: Settings): string[] => {
  const { images } = settings;
  const references = usedImages(settings).flatMap((name) =>
    (["registry", "local"] as const).map((source) =>
      imageReference(images.catalogue[name], { ...images, source }),
    ),
  );
  return [...new Set(references)];
};

function recordOf(of: {
  root: string;
  name: string;
  seconds: number;
  settings: Settings;
  values: Readonly<Record<string, unknown>>;
}): EphemeralRecord {
  const { root, name, seconds, settings, values } = of;
  const { proxy, sites } = settings;
  const now = Date.now();
  return {
    name,
    created: new Date(now).toISOString(),
    until: new Date(now + seconds * 1000).toISOString(),
    ready: false,
    checkout: root,
    machine: hostname(),
    ports: { http: proxy.httpPort, https: proxy.httpsPort },
    urls: Object.fromEntries(sites.map((site) => [site.name, originOf(site, proxy)])),
    host: hostOf(values),
    images: imagesOf(settings),
  };
}
