import { createHash } from "node:crypto";
import { z } from "zod";

const texts = z.array(z.string()).nullish();

const resource = z.object({
  urn: z.string().optional(),
  type: z.string().optional(),
  id: z.string().optional(),
  /** Whether it was replaced and waits for its removal. */
  delete: z.boolean().nullish(),
  parent: z.string().nullish(),
  provider: z.string().nullish(),
  pendingReplacement: z.boolean().nullish(),
  dependencies: texts,
  propertyDependencies: z.record(z.string(), texts).nullish(),
  deletedWith: z.string().nullish(),
});

/** A state file of the engine's, as far as it is used here. */
export const stateFile = z.object({
  checkpoint: z.object({
    latest: z
      .object({
        manifest: z
          .object({
            time: z.string().optional(),
            magic: z.string().optional(),
            version: z.string().optional(),
          })
          .nullish(),
        secrets_providers: z
          .object({ state: z.object({ salt: z.string().optional() }).nullish().catch(undefined) })
          .nullish(),
        resources: z.array(resource).nullish(),
        pending_operations: z.array(z.unknown()).nullish(),
      })
      .nullish(),
  }),
});
export type StateFile = z.output<typeof stateFile>;
type Resource = z.output<typeof resource>;

/**
 * What the engine would refuse in a state, by the rules of its own `Snapshot.VerifyIntegrity`: every resource is named,
 * once, and comes after all that it depends on. Undefined: nothing.
 */
export function brokenPart({ checkpoint: { latest } }: StateFile): string | undefined {
  const { magic = "", version = "" } = latest?.manifest ?? {};
  const expected = version === "" ? "" : createHash("sha256").update(version).digest("hex");
  if (magic !== expected) return "its manifest was changed";
  const known = new Set<string>();
  const live = new Set<string>();
  const providers = new Set<string>();
  for (const [index, state] of (latest?.resources ?? []).entries()) {
    const { urn, type, id = "" } = state;
    if (!urn || !type) return `resource ${index} has no name or no type`;
    if (type.startsWith("pulumi:providers:")) providers.add(`${urn}::${id}`);
    if (state.provider && !state.pendingReplacement && !providers.has(state.provider))
      return `${nameOf(urn)} needs a provider that is missing`;
    const missing = needed(state).find((other) => !known.has(other));
    if (missing !== undefined) return `${nameOf(urn)} needs ${nameOf(missing)}, which is missing before it`;
    if (live.has(urn) && !state.delete) return `${nameOf(urn)} is in it twice`;
    known.add(urn);
    if (!state.delete) live.add(urn);
  }
  return undefined;
}

const needed = ({ parent, dependencies, propertyDependencies, deletedWith }: Resource): string[] =>
  [
    ...[parent, deletedWith],
    ...(dependencies ?? []),
    ...Object.values(propertyDependencies ?? {}).flatMap((names) => names ?? []),
  ].filter((urn): urn is string => Boolean(urn));

/** The last part of a URN: what a preview calls the resource. */
const nameOf = (urn: string): string => urn.split("::").at(-1) ?? urn;
