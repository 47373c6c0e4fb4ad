import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { formatProblem } from "../../../components/shared/errors";
import { reveal } from "../../../components/shared/files";
import { destinationOf } from "../../../stacks/destinations";
import { planFrontEnds } from "../../../stacks/front-ends";
import { Platform } from "../../../stacks/platform";
import { loadFromFile, resolve, type Settings, type SiteSettings } from "../../../stacks/settings";
import { shares } from "../../../stacks/settings/budget";
import { checkPlatforms } from "../../../stacks/settings/vercel-checks";
import { prebuilt, production } from "../../support/front-end-plans";
import { isSecret, type Registered, registeredBy } from "../../support/mocks";
import { planOf, releaseOf, settingsOf } from "../../support/plans";

const onHost = production.replaceAll("platform: vercel", "platform: host");
const mixed = production.replace("app: { platform: vercel }", "app: { platform: host }");
const caddyfileOf = (text: string) =>
  planOf(text, "production")
    .proxy.config.files.map(({ content }) => reveal(content))
    .join("\n");

describe("a front end that Vercel serves", () => {
  it("has no containers, no targets, no upstreams and no share of the host", () => {
    const plan = planOf(production, "production");
    expect(plan.services.map(({ name }) => name)).toEqual(["api", "ws", "worker"]);
    expect(JSON.stringify(plan.monitoring?.prometheus.config?.files)).not.toContain("production-web-");
    expect(JSON.stringify(plan.proxy.upstreams)).not.toContain("web");
    expect(shares(settingsOf(production, "production")).map(({ part }) => part)).not.toContain(
      "services.web",
    );
    expect(Object.keys(plan.release.images)).toEqual(["api", "ws", "worker", "migrations"]);
  });

  it("leaves its sites and what leads to them out of the proxy", () => {
    const sites = (text: string) =>
      [...caddyfileOf(text).matchAll(/^https:\/\/(\S+):443 \{/gm)].map(([, name]) => name);
    expect(sites(production)).toEqual(["api.audifi.io", "studio.audifi.io"]);
    expect(sites(onHost)).toEqual([
      "www.audifi.io",
      "api.audifi.io",
      "audifi.io",
      "app.audifi.io",
      "studio.audifi.io",
    ]);
  });

  it("may still call the API, and is in the stack's addresses", () => {
    const settings = settingsOf(production, "production");
    expect(settings.allowedOrigins).toEqual([
      "https://api.audifi.io",
      "https://audifi.io",
      "https://app.audifi.io",
      "https://studio.audifi.io",
    ]);
    expect(planOf(production, "production").urls).toEqual({
      api: "https://api.audifi.io",
      home: "https://audifi.io",
      app: "https://app.audifi.io",
      studio: "https://studio.audifi.io",
    });
  });

  it("finds the platform where it is: in a file beside the same build", () => {
    const [front] = planOf(production, "production").frontEnds;
    expect(front?.output.site).toBe('{"api":"https://api.audifi.io","socket":"wss://api.audifi.io/ws"}');
  });

  it("is served by both where its sites are on both", () => {
    const plan = planOf(mixed, "production");
    expect(plan.services.map(({ name }) => name)).toContain("web");
    expect(plan.frontEnds.map(({ domains }) => domains.map(({ domain }) => domain))).toEqual([
      ["audifi.io", "www.audifi.io"],
    ]);
    expect(caddyfileOf(mixed)).not.toContain("https://audifi.io");
  });

  it("is nothing at Vercel where the host serves it", () => {
    expect(planOf(onHost, "production").frontEnds).toEqual([]);
    expect(settingsOf(onHost, "production").vercel).toBeUndefined();
  });
});

describe("the stacks of this repository", () => {
  const domainsOf = (stack: string) => {
    const raw = loadFromFile(join(import.meta.dirname, "..", "..", ".."), stack);
    const result = resolve(raw, { missing: "warn" });
    if (!result.ok) throw new Error(result.errors.map(formatProblem).join("\n"));
    return planFrontEnds(result.settings).map(({ project, domains }) => [
      project.name,
      domains.map(({ domain, redirect }) => (redirect === undefined ? domain : `${domain} -> ${redirect}`)),
    ]);
  };

  it("have their pages at Vercel", () => {
    expect(domainsOf("production")).toEqual([
      ["audifi-production-web", ["audifi.io", "www.audifi.io -> audifi.io", "app.audifi.io"]],
    ]);
    expect(domainsOf("staging")).toEqual([
      ["audifi-staging-web", ["staging.audifi.io", "staging-app.audifi.io"]],
    ]);
  });
});

describe("the platform with a front end at Vercel", () => {
  let all: Registered[] = [];
  beforeAll(async () => {
    all = await registeredBy("production", () => {
      const settings = settingsOf(production, "production");
      const release = { ...releaseOf(settings), frontEnds: { web: prebuilt } };
      return new Platform(settings, release, "/project", []).results;
    });
  });

  it("has a provider of its own with the token as a secret", () => {
    const providers = all.filter(({ type }) => type === "pulumi:providers:vercel");
    expect(providers.map(({ name, inputs }) => [name, inputs.team, isSecret(inputs.apiToken)])).toEqual([
      ["vercel", "audifi", true],
    ]);
  });

  it("deploys it after what its pages talk to, and before the release is good", () => {
    const order = all.map(({ name }) => name);
    const at = (name: string) => order.indexOf(name);
    expect(at("proxy-gate")).toBeGreaterThan(-1);
    expect(at("web-deployment")).toBeGreaterThan(at("proxy-gate"));
    expect(at("web-deployment")).toBeGreaterThan(at("api-1-gate"));
    expect(at("release-record")).toBeGreaterThan(at("web-deployment"));
    expect(order.filter((name) => /^(image-web|web-\d)/.test(name))).toEqual([]);
  });
});

describe("where requests go that a site at Vercel does not answer", () => {
  const site = (name: string, platform: SiteSettings["platform"], routes: SiteSettings["routes"]) => ({
    name,
    hostname: `${name}.audifi.io`,
    platform,
    redirectFrom: [],
    routes,
    contentSecurityPolicy: undefined,
  });
  const page = { path: "/", service: "web" };
  const settings = (...sites: SiteSettings[]): Settings => ({
    ...settingsOf(production, "production"),
    sites,
  });
  const api = site("api", "host", [
    { path: "/", service: "api" },
    { path: "/v1/live", service: "ws" },
  ]);

  it("is a site on the host that answers the path and all below it alike", () => {
    const to = (path: string, service: string) => destinationOf({ sites: [api] }, { path, service })?.name;
    expect([to("/v2", "api"), to("/v1", "api"), to("/v2", "worker")]).toEqual(["api", undefined, undefined]);
  });

  it.each([
    [
      "one that no site on the host has",
      [api, site("app", "vercel", [page, { path: "/jobs", service: "worker" }])],
      '"vercel" would send /jobs on to a site of worker on the host, and none has /jobs; write "host", or route it there',
    ],
    [
      "WebSockets",
      [api, site("app", "vercel", [page, { path: "/v1/live", service: "ws" }])],
      '"vercel" passes no WebSockets on, and the site routes /v1/live to ws; write "host", or take the route out of the system',
    ],
    [
      "a site without a start page",
      [api, site("app", "vercel", [{ path: "/pages", service: "web" }])],
      '"vercel" serves front ends alone, and "/" of this site is nothing\'s; write "host"',
    ],
  ])("is refused for %s", (_name, sites, message) => {
    expect(checkPlatforms(settings(...sites))).toEqual([
      { code: "platform", path: "sites.app.platform", message },
    ]);
  });

  it("is taken where the host has it", () => {
    expect(
      checkPlatforms(settings(api, site("app", "vercel", [page, { path: "/v2", service: "api" }]))),
    ).toEqual([]);
  });
});
