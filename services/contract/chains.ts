import { z } from "zod";
import { timestamp } from "./text";

export const chainName = z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, "is no name of a chain");

/** JSON-RPC providers by chain, the first one first: the content of CHAIN_PROVIDERS_FILE. URLs can hold keys. */
export const chainProviders = z.record(
  chainName,
  z
    .array(z.url({ protocol: /^https?$/ }))
    .min(1)
    .max(5),
);
export type ChainProviders = z.infer<typeof chainProviders>;

const place = ["first", "second", "third", "fourth", "fifth"] as const;

/** What is wrong with a table of providers, in sentences that name the chain and never a URL; none when it is usable. */
export function chainProvidersFaults(table: unknown): string[] {
  const parsed = chainProviders.safeParse(table);
  if (parsed.success) return [];
  const faults = parsed.error.issues.map(({ path: [chain, index], code }) => {
    if (chain === undefined) return "is not a group of chains, each with a list of URLs";
    const name = String(chain);
    if (code === "invalid_key")
      // A key may be a URL that went astray.
      return `has ${/^[\w.-]{1,40}$/.test(name) ? `"${name}"` : "a key"}, which is no name of a chain; write lower-case letters, digits and hyphens`;
    if (typeof index !== "number") return `${name}: is not a list of 1 to ${place.length} URLs`;
    return `${name}: its ${place[index] ?? `${index + 1}th`} URL is no http or https URL`;
  });
  return [...new Set(faults)];
}

export const chainsAnswer = z.object({ chains: z.array(z.string()) });

export const blockAnswer = z.object({
  chain: z.string(),
  block: z.number().int().min(0).describe("Number of the newest block that the provider knows"),
  provider: z.enum(["first", "fallback"]),
  at: timestamp,
});
export type BlockAnswer = z.infer<typeof blockAnswer>;
