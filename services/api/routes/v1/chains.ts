import { z } from "zod";
import { blockAnswer, chainName, chainsAnswer } from "../../../contract/chains";
import type { Api, Dependencies } from "../../dependencies";
import { problemResponses } from "../../openapi/problem-responses";

const tags = ["chains"];

/** GET /v1/chains and GET /v1/chains/:chain/block. */
export function chainRoutes(app: Api, { chains }: Pick<Dependencies, "chains">): void {
  const list = { tags, summary: "The chains that can be asked about", response: { 200: chainsAnswer } };
  app.get("/v1/chains", { schema: list }, async () => ({ chains: [...chains.names] }));

  const block = {
    tags,
    summary: "A chain's newest block, a few seconds old at most",
    params: z.object({ chain: chainName }),
    response: { 200: blockAnswer, ...problemResponses("chain_not_found", "provider_unavailable") },
  };
  app.get("/v1/chains/:chain/block", { schema: block }, async (request) =>
    chains.newestBlock(request.params.chain),
  );
}
