import Fastify from "fastify";
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import { describe, expect, it } from "vitest";
import type { Api } from "../../../../../services/api/dependencies";
import { registerProblems } from "../../../../../services/api/plugins/problems";
import { chainRoutes } from "../../../../../services/api/routes/v1/chains";
import { Problem } from "../../../../../services/contract/problems";
import type { Chains } from "../../../../../services/runtime/chains";

const block = { chain: "base", block: 16, provider: "fallback", at: "2030-01-02T03:04:05.678Z" } as const;

function apiWith(newestBlock: Chains["newestBlock"]): Api {
  const app: Api = Fastify().withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  registerProblems(app);
  chainRoutes(app, { chains: { names: ["base", "ethereum"], newestBlock } });
  return app;
}

const refusing = (problem: Problem) => apiWith(() => Promise.reject(problem));

describe("GET /v1/chains", () => {
  it("lists the chains", async () => {
    const answer = await apiWith(async () => block).inject("/v1/chains");
    expect([answer.statusCode, answer.json()]).toEqual([200, { chains: ["base", "ethereum"] }]);
  });
});

describe("GET /v1/chains/:chain/block", () => {
  it("answers the newest block and who told it", async () => {
    const answer = await apiWith(async () => block).inject("/v1/chains/base/block");
    expect([answer.statusCode, answer.json()]).toEqual([200, block]);
  });

  it("answers 404 for a chain that is not there", async () => {
    const answer = await refusing(new Problem("chain_not_found", "x")).inject("/v1/chains/base/block");
    expect([answer.statusCode, answer.json().code]).toEqual([404, "chain_not_found"]);
  });

  it("answers 400 for what is no name of a chain", async () => {
    const answer = await apiWith(async () => block).inject("/v1/chains/Base!/block");
    expect([answer.statusCode, answer.json().errors[0].path]).toEqual([400, "params.chain"]);
  });

  it("answers 503 with Retry-After when no provider answers", async () => {
    const problem = new Problem("provider_unavailable", "x", { retryAfter: 7 });
    const answer = await refusing(problem).inject("/v1/chains/base/block");
    expect([answer.statusCode, answer.json().code, answer.headers["retry-after"]]).toEqual([
      503,
      "provider_unavailable",
      "7",
    ]);
  });
});
