import { describe, expect, it } from "vitest";
import { chainProvidersFaults } from "../../../../services/contract/chains";

const url = "https://rpc.example.com/v2/K3Y";

describe("the table of providers", () => {
  it("is good with one to five URLs a chain", () => {
    expect(chainProvidersFaults({ ethereum: [url], "solana-devnet": Array(5).fill(url) })).toEqual([]);
    expect(chainProvidersFaults({})).toEqual([]);
  });

  it.each<[unknown, string[]]>([
    [[], ["is not a group of chains, each with a list of URLs"]],
    [url, ["is not a group of chains, each with a list of URLs"]],
    [{ base: url }, ["base: is not a list of 1 to 5 URLs"]],
    [{ base: [] }, ["base: is not a list of 1 to 5 URLs"]],
    [{ base: Array(6).fill(url) }, ["base: is not a list of 1 to 5 URLs"]],
    [{ base: [url, "ftp://x/K3Y"] }, ["base: its second URL is no http or https URL"]],
    [{ base: [7] }, ["base: its first URL is no http or https URL"]],
    [
      { Base: [url] },
      ['has "Base", which is no name of a chain; write lower-case letters, digits and hyphens'],
    ],
    [
      { [url]: [url] },
      ["has a key, which is no name of a chain; write lower-case letters, digits and hyphens"],
    ],
  ])("is refused without a URL in the text: %j", (table, faults) => {
    expect(chainProvidersFaults(table)).toEqual(faults);
    expect(faults.join()).not.toContain("K3Y");
  });
});
