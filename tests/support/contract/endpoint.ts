import { describe, it } from "vitest";

/** What is tested of an endpoint, or why there is nothing of this sort to test. */
type Case = (() => Promise<void>) | `none: ${string}`;

export interface EndpointCases {
  readonly success: Case;
  readonly "bad input": Case;
  readonly "missing right": Case;
  readonly "wrong state": Case;
}

/** `METHOD /path/{parameter}` of every endpoint that has a contract test. */
export const testedEndpoints = new Set<string>();

/** The contract test of one endpoint, named as /openapi.json does: `GET /v1/rooms/{id}`. */
export function describeEndpoint(endpoint: string, cases: EndpointCases): void {
  testedEndpoints.add(endpoint);
  describe(endpoint, () => {
    for (const [name, test] of Object.entries(cases)) if (typeof test === "function") it(name, test);
  });
}
