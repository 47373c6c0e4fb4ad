import { hostname } from "node:os";
import { catalogue } from "../../../components/images/catalogue";
import { imageReference } from "../../../components/images/plan";
import { InputError, OperationError } from "../../../components/shared/errors";
import type { Settings } from "../../../stacks/settings";
import { resolve } from "../../../stacks/settings/resolve";
import { inspectEngine } from "../../../toolchain/docker/engine";
import type { DockerTarget } from "../docker";
import { reach } from "../reach";
import { presentHolder } from "../stack-lock";
import { readLeases } from "./lease";
import { stackOf } from "./names";
import { type EphemeralRecord, hasRecord, readRecord, recordedNames } from "./record";

/** The keys of `host` in a stack's file. */
export type HostValues = Readonly<Record<string, unknown>>;

/** An ephemeral stack that this checkout or a Docker knows of. */
export interface Ephemeral {
  readonly record: EphemeralRecord;
  /** Whether this checkout made it: its state, its passphrase and its file are here. */
  readonly here: boolean;
}

export type State = "creating" | "running" | "failed" | "expired";

/** `failed`: whoever made it has ended, and it was not done. */
export function stateOf({ record }: Ephemeral, now = new Date()): State {
  if (new Date(record.until) <= now) return "expired";
  if (record.ready) return "running";
  const stack = stackOf(record.name);
  // Whether somebody on another machine is still at it cannot be seen from here.
  const isWorkedOn = record.machine !== hostname() || presentHolder(record.checkout, stack) !== undefined;
  return isWorkedOn ? "creating" : "failed";
}

export interface Found {
  readonly ephemerals: readonly Ephemeral[];
  /** What could not be looked at. */
  readonly problems: readonly string[];
}

/**
 * Every ephemeral stack that this checkout has made, that runs on this machine's Docker, or on the given host. Where
 * the checkout and Docker differ, the later end counts: nothing is removed too early.
 */
export async function findEphemerals(root: string, host: HostValues = {}): Promise<Found> {
  const problems: string[] = [];
  const attempt = async <T>(otherwise: T, look: () => T | Promise<T>): Promise<T> => {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      problems.push(error.message);
      return otherwise;
    }
  };
  const found: Ephemeral[] = [];
  for (const name of recordedNames(root)) {
    const record = await attempt(undefined, () => readRecord(root, name));
    if (record !== undefined) found.push({ record, here: true });
  }
  const isElsewhere = host.address !== undefined;
  for (const where of [{}, ...(isElsewhere ? [host] : [])])
    for (const lease of await attempt([], () => leasesOn(where, problems))) merge(found, lease);
  return { ephemerals: found, problems };
}

/** The leases on a Docker, which is reached as `host` says and not as they do. */
async function leasesOn(host: HostValues, problems: string[]): Promise<EphemeralRecord[]> {
  if (host.address === undefined && !(await inspectEngine()).reachable) return [];
  const { leases, unreadable } = await readLeases(await reachHost("eph-any", host));
  for (const volume of unreadable)
    problems.push(
      `the labels of the volume ${volume} cannot be understood, so that nobody knows how long its stack lives; docker volume inspect ${volume} shows them`,
    );
  const { directory } = host;
  return leases.map((lease) => ({
    ...lease,
    host:
      host.address === undefined
        ? withoutAddress(lease.host)
        : { ...host, directory: directory ?? lease.host.directory },
  }));
}

function withoutAddress({ directory }: HostValues): HostValues {
  return directory === undefined ? {} : { directory };
}

function merge(found: Ephemeral[], lease: EphemeralRecord): void {
  const at = found.findIndex(
    ({ record }) => record.name === lease.name && record.host.address === lease.host.address,
  );
  const other = found[at];
  if (other === undefined) found.push({ record: lease, here: false });
  else {
    const until = other.record.until > lease.until ? other.record.until : lease.until;
    found[at] = { ...other, record: { ...other.record, until } };
  }
}

/** The stack of a name, that of this checkout first. */
export function named({ ephemerals }: Found, name: string): Ephemeral | undefined {
  const all = ephemerals.filter(({ record }) => record.name === name);
  return all.find(({ here }) => here) ?? all[0];
}

/** The same, or where this checkout's record of it cannot be read, what such a stack is by default. */
export function known(root: string, found: Found, name: string): Ephemeral | undefined {
  const ephemeral = named(found, name);
  if (ephemeral !== undefined || !hasRecord(root, name)) return ephemeral;
  const now = new Date().toISOString();
  const images = Object.values(catalogue).map((image) =>
    imageReference(image, { registry: undefined, source: "local" }),
  );
  const of = {
    ports: { http: 80, https: 443 },
    urls: {},
    checkout: root,
    machine: hostname(),
    host: {},
    images,
  };
  return { here: true, record: { name, created: now, until: now, ready: false, ...of } };
}

/** Settings of a stack that say nothing but where it runs. */
function hostSettings(stack: string, { memory: _, cpus: __, ...host }: HostValues): Settings {
  const values = { host, proxy: { certificates: "internal" } };
  const resolution = resolve({ stack, file: "", values, plainSecrets: [] }, { missing: "warn" });
  if (!resolution.ok) throw new InputError(resolution.errors);
  return resolution.settings;
}

/** Directory on the host that a stack's files are below. */
export const directoryOf = ({ name, host }: EphemeralRecord): string =>
  hostSettings(stackOf(name), host).host.directory;

/** The Docker that runs a stack, after a connection to its host was made. */
export const reachHost = (stack: string, host: HostValues): Promise<DockerTarget> =>
  reach(hostSettings(stack, host));
