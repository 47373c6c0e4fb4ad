/** What the platform tells about itself: health, figures, its description, chains. */
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { statisticsAnswer } from "../../../services/contract/administration";
import { blockAnswer, chainsAnswer } from "../../../services/contract/chains";
import { healthAnswer, readyAnswer } from "../../../services/contract/health";
import { call, expectAnswer, expectProblem } from "./call";
import { describeEndpoint, testedEndpoints } from "./endpoint";
import { administrator, guest } from "./people";
import type { ContractTarget } from "./target";

const description = z.looseObject({
  openapi: z.string().regex(/^3\.[01]\.\d/),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  paths: z.record(
    z.string(),
    z.record(z.string(), z.looseObject({ responses: z.record(z.string(), z.unknown()) })),
  ),
});

/** `METHOD /path` of every endpoint in the description that the platform gives of itself. */
export async function describedEndpoints(target: ContractTarget): Promise<string[]> {
  const { paths } = description.parse((await call(target, "GET", "/openapi.json")).body);
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
}

export function describeOperations(target: ContractTarget): void {
  describeEndpoint("GET /health", {
    async success() {
      const health = expectAnswer(await call(target, "GET", "/health"), 200, healthAnswer);
      expect(health).toMatchObject({ status: "ok", service: "api" });
    },
    "bad input": "none: it takes no input",
    "missing right": "none: anybody may ask",
    "wrong state": "none: tests of faults see it without stores",
  });

  describeEndpoint("GET /ready", {
    async success() {
      const ready = expectAnswer(await call(target, "GET", "/ready"), 200, readyAnswer);
      expect(ready).toMatchObject({ status: "ready", failing: [], checks: { postgres: "ok", redis: "ok" } });
    },
    "bad input": "none: it takes no input",
    "missing right": "none: anybody may ask",
    "wrong state": "none: tests of faults see it without stores",
  });

  describeEndpoint("GET /openapi.json", {
    async success() {
      const reply = await call(target, "GET", "/openapi.json");
      expect(reply.status).toBe(200);
      description.parse(reply.body);
      expect((await describedEndpoints(target)).length).toBeGreaterThan(20);
    },
    "bad input": "none: it takes no input",
    "missing right": "none: anybody may read it",
    "wrong state": "none: it is the same in every state",
  });

  describeEndpoint("GET /v1/admin/statistics", {
    async success() {
      const admin = await administrator(target);
      const read = async () => expectAnswer(await admin.get("/v1/admin/statistics"), 200, statisticsAnswer);
      const before = await read();
      await (await guest(target)).room();
      const after = await read();
      expect(after).toMatchObject({
        users: before.users + 1,
        guests: before.guests + 1,
        rooms: before.rooms + 1,
      });
      expect(after.sessions).toBe(before.sessions + 1);
    },
    "bad input": "none: it takes no input",
    async "missing right"() {
      expectProblem(await call(target, "GET", "/v1/admin/statistics"), "unauthorized");
      expectProblem(await (await guest(target)).get("/v1/admin/statistics"), "forbidden");
    },
    "wrong state": "none: there are figures in every state",
  });

  describeEndpoint("GET /v1/chains", {
    async success() {
      const answer = expectAnswer(await (await guest(target)).get("/v1/chains"), 200, chainsAnswer);
      expect([...answer.chains].sort()).toEqual([...(target.offers().chains ?? [])].sort());
    },
    "bad input": "none: it takes no input",
    "missing right": async () => void expectProblem(await call(target, "GET", "/v1/chains"), "unauthorized"),
    "wrong state": "none: it is the same in every state",
  });

  describeEndpoint("GET /v1/chains/{chain}/block", {
    async success() {
      const person = await guest(target);
      for (const chain of target.offers().chains ?? []) {
        const reply = await person.get(`/v1/chains/${chain}/block`);
        if (reply.status === 503) expectProblem(reply, "provider_unavailable");
        else expect(expectAnswer(reply, 200, blockAnswer).chain).toBe(chain);
      }
      expectProblem(await person.get("/v1/chains/nowhere/block"), "chain_not_found");
    },
    async "bad input"() {
      const person = await guest(target);
      for (const chain of ["X", "1", "%00", "..%2F..", "a".repeat(32), "a_b", "-a", "%20"])
        expectProblem(await person.get(`/v1/chains/${chain}/block`), "validation_failed", chain);
    },
    "missing right": async () =>
      void expectProblem(await call(target, "GET", "/v1/chains/nowhere/block"), "unauthorized"),
    "wrong state": async () =>
      void expectProblem(await (await guest(target)).get("/v1/chains/constructor/block"), "chain_not_found"),
  });
}

/** Comes after all endpoints' tests have been described. */
export function describeCoverage(target: ContractTarget): void {
  describe("the description of the API", () => {
    it("has a contract test for every endpoint, and no endpoint has one that is not described", async () => {
      expect([...testedEndpoints].filter((name) => !name.endsWith("/openapi.json")).sort()).toEqual(
        (await describedEndpoints(target)).filter((name) => !name.endsWith("/openapi.json")).sort(),
      );
    });
  });
}
