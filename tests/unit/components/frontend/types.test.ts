import type * as vercel from "@pulumiverse/vercel";
import { describe, expect, it } from "vitest";
import type { DomainPlan, FrontendPlan } from "../../../../components/frontend/plan";

/** What these say is checked by `npm run types`, which fails where an expected error is none. */
describe("the types of a front end at Vercel", () => {
  it("are the provider's own, so that a mistyped or invented property does not compile", () => {
    const projects: FrontendPlan["project"][] = [
      { name: "web" },
      // @ts-expect-error it is called gitForkProtection
      { name: "web", gitForkProtecton: true },
      // @ts-expect-error there is no such property
      { name: "web", headers: {} },
      // @ts-expect-error it is a group of keys
      { name: "web", vercelAuthentication: "none" },
    ];
    const domains: DomainPlan[] = [
      { domain: "audifi.io", redirectStatusCode: 308 },
      // @ts-expect-error it is a number
      { domain: "audifi.io", redirectStatusCode: "308" },
      // @ts-expect-error it is called redirect
      { domain: "audifi.io", redirectTo: "www.audifi.io" },
    ];
    const variable: vercel.ProjectEnvironmentVariableArgs = {
      projectId: "p",
      key: "K",
      sensitive: false,
      // @ts-expect-error it is called targets
      target: "preview",
    };
    expect([projects.length, domains.length, variable.key]).toEqual([4, 3, "K"]);
  });
});
