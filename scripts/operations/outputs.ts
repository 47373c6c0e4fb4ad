import { z } from "zod";
import { type ReleaseRecord, releaseRecord } from "../../components/release/release";
import { runPulumi } from "./engine";
import type { Session } from "./session";
import { table } from "./table";

/** Outputs of a stack by name; secrets are `[secret]`. */
export type Outputs = Readonly<Record<string, unknown>>;

export async function readOutputs(session: Session): Promise<Outputs> {
  const text = await runPulumi(
    session,
    ["stack", "output", "--json", "--stack", session.stack, "--non-interactive"],
    { what: "pulumi stack output" },
  );
  return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
}

/** A container that the stack's program made. */
export interface ExpectedContainer {
  readonly name: string;
  readonly service: string;
  readonly slot?: number | undefined;
}

const container = z.object({ name: z.string(), service: z.string(), slot: z.number().optional() });

/** What the outputs promise: addresses by site, the containers, and the releases, newest last. Outputs of another shape promise nothing. */
export function promised(outputs: Outputs): {
  readonly urls: Readonly<Record<string, string>>;
  readonly caCertificate?: string;
  readonly containers: readonly ExpectedContainer[];
  /** Id of the release that serves. */
  readonly release?: string;
  readonly releases: readonly ReleaseRecord[];
} {
  const urls = z.record(z.string(), z.string()).safeParse(outputs.urls);
  const containers = z.array(container).safeParse(outputs.containers);
  const certificate = outputs.caCertificate;
  const { release } = outputs;
  const releases = z.array(releaseRecord).safeParse(outputs.releases);
  return {
    urls: urls.success ? urls.data : {},
    containers: containers.success ? containers.data : [],
    ...(typeof release === "string" ? { release } : {}),
    releases: releases.success ? releases.data : [],
    ...(typeof certificate === "string" ? { caCertificate: certificate } : {}),
  };
}

/** Plain values as `name  value`, groups as `name.key  value`, lists as the names or ids of what is in them, or as JSON. */
export function renderOutputs(outputs: Outputs): string {
  const rows = Object.entries(outputs).flatMap(([name, value]): [string, string][] =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.entries(value).map(([key, inner]) => [`${name}.${key}`, text(inner)])
      : [[name, text(value)]],
  );
  return table(["OUTPUT", "VALUE"], rows);
}

const named = z.array(z.union([z.object({ name: z.string() }), z.object({ id: z.string() })])).min(1);

function text(value: unknown): string {
  if (typeof value === "string") return value;
  const things = named.safeParse(value);
  return things.success
    ? things.data.map((thing) => ("name" in thing ? thing.name : thing.id)).join(", ")
    : JSON.stringify(value);
}
