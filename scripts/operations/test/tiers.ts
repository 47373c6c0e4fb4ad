/** The tiers of the tests, cheapest first; each is a project of vitest.config.ts. */
export const tierNames = ["unit", "golden", "integration", "e2e"] as const;

export type TierName = (typeof tierNames)[number];
