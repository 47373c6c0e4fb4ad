import { describe } from "vitest";
import { describeAccounts } from "./accounts";
import { describeBadFrames } from "./bad-frames";
import { describeBadJobs } from "./bad-jobs";
import { describeBadRequests } from "./bad-requests";
import { describeBrokenPeers } from "./broken-peers";
import { describeFiles } from "./files";
import { describeFrames } from "./frames";
import { describeHeaders } from "./headers";
import { describeJobs } from "./jobs";
import { describeMembers } from "./members";
import { describeMessages } from "./messages";
import { describeCoverage, describeOperations } from "./operations";
import { describeBadWebhooks, describePayments } from "./payments";
import { describeResume } from "./resume";
import { describeRooms } from "./rooms";
import { describeSchemathesis } from "./schemathesis";
import { describeSteadiness } from "./steady";
import type { ContractTarget } from "./target";

export type { ContractTarget } from "./target";

/** Everything that the contract promises, asked of a running platform. */
export function describeContract(target: ContractTarget): void {
  describe("the contract", { timeout: 120_000 }, () => {
    describe("HTTP API", () => {
      describeOperations(target);
      describeAccounts(target);
      describeRooms(target);
      describeMembers(target);
      describeMessages(target);
      describeJobs(target);
      describeFiles(target);
      describePayments(target);
      describeHeaders(target);
      describeCoverage(target);
    });
    describe("WebSocket protocol", () => {
      describeFrames(target);
      describeResume(target);
    });
    describe("bad input", () => {
      describeBrokenPeers(target, () => {
        describe("requests", () => describeBadRequests(target));
        describe("frames", () => describeBadFrames(target));
        describe("webhooks", () => describeBadWebhooks(target));
        describe("jobs", () => describeBadJobs(target));
        describe("memory", () => describeSteadiness(target));
        describeSchemathesis(target);
      });
    });
  });
}
