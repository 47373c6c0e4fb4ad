/**
 * The record of an ephemeral stack beside the stack itself: a volume of its own on the Docker that runs it, whose labels
 * say what the record says. So a stack whose checkout is lost, as in CI, is found and reaped from any other one.
 */
import { z } from "zod";
import { contentHash, labels } from "../../../components/shared/names";
import { type DockerTarget, docker } from "../docker";
import { stackOf } from "./names";
import { type EphemeralRecord, ephemeralRecord } from "./record";

const volumes = z.array(z.object({ Name: z.string(), Labels: z.record(z.string(), z.string()).nullable() }));

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

async function leaseVolumes(target: DockerTarget, name?: string): Promise<string[]> {
  if (target.host?.installed === false) return [];
  const label = name === undefined ? labels.ephemeral : `${labels.ephemeral}=${name}`;
  return words(await docker(target, ["volume", "ls", "--quiet", "--filter", `label=${label}`]));
}

/** What a Docker says of the ephemeral stacks that it runs, and the volumes that cannot be understood. */
export async function readLeases(
  target: DockerTarget,
): Promise<{ readonly leases: readonly EphemeralRecord[]; readonly unreadable: readonly string[] }> {
  const names = await leaseVolumes(target);
  if (names.length === 0) return { leases: [], unreadable: [] };
  const found = volumes.parse(JSON.parse(await docker(target, ["volume", "inspect", ...names])));
  const parsed = found.map(({ Name, Labels }) => ({ volume: Name, lease: parse(Labels?.[labels.lease]) }));
  return {
    leases: parsed.flatMap(({ lease }) => lease ?? []),
    unreadable: parsed.filter(({ lease }) => lease === undefined).map(({ volume }) => volume),
  };
}

function parse(text: string | undefined): EphemeralRecord | undefined {
  try {
    return ephemeralRecord.parse(JSON.parse(text ?? ""));
  } catch {
    return undefined;
  }
}

/** Puts a record beside the stack. Labels cannot be changed, so the new volume comes first and then the old one goes. */
export async function writeLease(target: DockerTarget, record: EphemeralRecord): Promise<void> {
  if (target.host?.installed === false) return;
  const { name } = record;
  const volume = `${stackOf(name)}-lease-${contentHash(record)}`;
  const label = (key: string, value: string): string[] => ["--label", `${key}=${value}`];
  await docker(target, [
    ...["volume", "create", ...label(labels.ephemeral, name), ...label(labels.lease, JSON.stringify(record))],
    volume,
  ]);
  await remove(
    target,
    (await leaseVolumes(target, name)).filter((other) => other !== volume),
  );
}

export async function removeLease(target: DockerTarget, name: string): Promise<void> {
  await remove(target, await leaseVolumes(target, name));
}

async function remove(target: DockerTarget, names: readonly string[]): Promise<void> {
  if (names.length > 0) await docker(target, ["volume", "rm", ...names]);
}
