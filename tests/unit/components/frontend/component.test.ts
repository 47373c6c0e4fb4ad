import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { Frontend, type FrontendPlan } from "../../../../components/frontend";
import { buildCommand } from "../../../../components/frontend/plan";
import { Secret } from "../../../../components/shared/secret";
import { expectSame, identitiesOf } from "../../../support/aliases";
import { clusterPlan, frontEndOf, prebuilt, production, staging } from "../../../support/front-end-plans";
import { isSecret, type Registered, registeredBy } from "../../../support/mocks";
import { optionsOf } from "../../../support/resource-options";

const project = "web-project-id";

/** The provider takes the value of every variable for a secret. */
const hidden = (value: string) => expect.objectContaining({ value });

const registered = async (plan: FrontendPlan): Promise<Record<string, Registered["inputs"]>> => {
  const files = plan.deployment.kind === "prebuilt" ? prebuilt : undefined;
  const all = await registeredBy(
    "production",
    () => new Frontend("web", { plan, prebuilt: files, held: false, after: [] }),
  );
  return Object.fromEntries(
    all
      .filter(({ type }) => type.startsWith("vercel:"))
      .map(({ type, name, inputs }) => [`${type.replace(/^.*:/, "")} ${name}`, inputs]),
  );
};

describe("a front end at Vercel", () => {
  it("is, for AudiFi in production, one project with two host names, one that leads to them, and the files", async () => {
    expect(await registered(frontEndOf(production, "production"))).toEqual({
      "Project web-project": {
        name: "audifi-production-web",
        vercelAuthentication: { deploymentType: "standard_protection_new" },
        gitForkProtection: true,
      },
      "ProjectDomain web-domain-audifi.io": { projectId: project, domain: "audifi.io" },
      "ProjectDomain web-domain-www.audifi.io": {
        projectId: project,
        domain: "www.audifi.io",
        redirect: "audifi.io",
        redirectStatusCode: 308,
      },
      "ProjectDomain web-domain-app.audifi.io": { projectId: project, domain: "app.audifi.io" },
      "Deployment web-deployment": {
        projectId: project,
        production: true,
        files: prebuilt.files,
        pathPrefix: prebuilt.pathPrefix,
      },
    });
  });

  it("is, for AudiFi's staging, a project of its own", async () => {
    expect(await registered(frontEndOf(staging, "staging"))).toEqual({
      "Project web-project": {
        name: "audifi-staging-web",
        vercelAuthentication: { deploymentType: "standard_protection_new" },
        gitForkProtection: true,
      },
      "ProjectDomain web-domain-staging.audifi.io": { projectId: project, domain: "staging.audifi.io" },
      "ProjectDomain web-domain-staging-app.audifi.io": {
        projectId: project,
        domain: "staging-app.audifi.io",
      },
      "Deployment web-deployment": {
        projectId: project,
        production: true,
        files: prebuilt.files,
        pathPrefix: prebuilt.pathPrefix,
      },
    });
  });

  it("is built by Vercel from a repository, with what the build is told", async () => {
    const plan = clusterPlan();
    const variable = (target: string, key: string, value: string) => ({
      projectId: project,
      key,
      targets: [target],
      sensitive: false,
      value: hidden(value),
    });
    expect(await registered(plan)).toEqual({
      "Project web-project": {
        name: "audifi-frontend",
        vercelAuthentication: { deploymentType: "all_deployments" },
        gitForkProtection: true,
        gitRepository: { type: "github", repo: "audifi/audifi", productionBranch: "main" },
        installCommand: "npm ci",
        buildCommand: buildCommand("web"),
        outputDirectory: ".vercel/output/static",
      },
      "ProjectDomain web-domain-audifi.io": { projectId: project, domain: "audifi.io" },
      "ProjectDomain web-domain-www.audifi.io": {
        projectId: project,
        domain: "www.audifi.io",
        redirect: "audifi.io",
        redirectStatusCode: 308,
      },
      "ProjectDomain web-domain-app.audifi.io": { projectId: project, domain: "app.audifi.io" },
      ...Object.fromEntries(
        ["production", "preview"].flatMap((target) => [
          [
            `ProjectEnvironmentVariable web-variable-${target}-BACKLINE_OUTPUT`,
            variable(target, "BACKLINE_OUTPUT", plan.output.config),
          ],
          [
            `ProjectEnvironmentVariable web-variable-${target}-BACKLINE_SITE`,
            variable(
              target,
              "BACKLINE_SITE",
              '{"api":"https://api.audifi.io","socket":"wss://ws.audifi.io"}',
            ),
          ],
        ]),
      ),
      "Deployment web-deployment": {
        projectId: project,
        production: true,
        ref: "main",
        meta: { settings: expect.stringMatching(/^[0-9a-f]{10}$/) },
      },
    });
  });

  it("is built again where its headers change, and not otherwise", async () => {
    const meta = async (plan: FrontendPlan) => (await registered(plan))["Deployment web-deployment"]?.meta;
    const first = await meta(clusterPlan());
    expect(await meta(clusterPlan({ protection: "none" }))).toEqual(first);
    expect(await meta(clusterPlan({ strictTransportSecurity: undefined }))).not.toEqual(first);
  });

  it("hands secrets over as secrets, which nobody reads at Vercel, and no other value", async () => {
    const plan = clusterPlan({
      password: new Secret("open-sesame"),
      variables: [
        { key: "SENTRY_TOKEN", target: "production", value: new Secret("sntrys_value") },
        { key: "ANALYTICS_ID", target: "preview", value: "42" },
      ],
    });
    const all = await registered(plan);
    const { value, ...others } = all["ProjectEnvironmentVariable web-variable-production-SENTRY_TOKEN"] ?? {};
    expect(others).toEqual({
      projectId: project,
      key: "SENTRY_TOKEN",
      targets: ["production"],
      sensitive: true,
    });
    expect([isSecret(value), JSON.stringify(value)]).toEqual([true, expect.stringContaining("sntrys_value")]);
    expect(all["ProjectEnvironmentVariable web-variable-preview-ANALYTICS_ID"]).toEqual({
      projectId: project,
      key: "ANALYTICS_ID",
      targets: ["preview"],
      sensitive: false,
      value: hidden("42"),
    });
    const { passwordProtection } = all["Project web-project"] ?? {};
    expect(JSON.stringify(passwordProtection)).toContain("open-sesame");
    expect(isSecret(passwordProtection) || isSecret(Object(passwordProtection).password)).toBe(true);
    expect(JSON.stringify(passwordProtection)).toContain("all_deployments");
  });

  it("gives up a host name and a variable before it takes them anew", async () => {
    const plan = clusterPlan();
    const options = await optionsOf(
      "production",
      () => new Frontend("web", { plan, prebuilt: undefined, held: false, after: [] }),
    );
    const first = Object.keys(options).filter((name) => options[name]?.deleteBeforeReplace === true);
    expect(first.sort()).toEqual([
      "web-domain-app.audifi.io",
      "web-domain-audifi.io",
      "web-domain-www.audifi.io",
      "web-variable-preview-BACKLINE_OUTPUT",
      "web-variable-preview-BACKLINE_SITE",
      "web-variable-production-BACKLINE_OUTPUT",
      "web-variable-production-BACKLINE_SITE",
    ]);
  });

  it.each([
    [true, ["files", "pathPrefix", "ref", "meta"]],
    [false, []],
  ])("leaves what is deployed as it is while the stack is held at a release: %s", async (held, ignored) => {
    const plan = frontEndOf(production, "production");
    const options = await optionsOf(
      "production",
      () => new Frontend("web", { plan, prebuilt, held, after: [] }),
    );
    expect(options["web-deployment"]?.ignoreChanges).toEqual(ignored);
  });

  describe("keeps every resource", () => {
    const plan = frontEndOf(production, "production");
    const frontEnd = (name: string, options?: pulumi.ComponentResourceOptions) =>
      void new Frontend(name, { plan, prebuilt, held: false, after: [] }, options);

    it("when it is renamed", async () => {
      const before = await identitiesOf(() => frontEnd("web"));
      const now = await identitiesOf(() => frontEnd("pages", { aliases: [{ name: "web" }] }));
      expect(now.every(({ urn }) => urn.includes("::pages-"))).toBe(true);
      expectSame(before, now, 5);
    });

    it("when it is moved below another", async () => {
      const before = await identitiesOf(() => frontEnd("web"));
      const now = await identitiesOf(() => {
        const parent = new pulumi.ComponentResource("backline:test:Group", "group");
        frontEnd("web", { parent, aliases: [{ parent: pulumi.rootStackResource }] });
      });
      expect(now.every(({ urn }) => urn.includes("backline:test:Group$"))).toBe(true);
      expectSame(before, now, 5);
    });
  });
});
