import { describe, expect, it } from "vitest";
import { checkDescription } from "../../../stacks/settings/description";
import { systems } from "../../../stacks/systems";
import { audifi } from "../../../stacks/systems/audifi";

const { web, ...processes } = audifi.services;
const withRoute = (path: string, service: string) => ({
  ...audifi,
  services: processes,
  sites: { api: { routes: [{ path, service }] } },
});

describe("checkDescription", () => {
  it.each(Object.entries(systems))("finds nothing in %s", (_name, system) => {
    expect(checkDescription(system)).toEqual([]);
  });

  it("finds a route to a service that is not there", () => {
    expect(checkDescription(withRoute("/", "apj"))).toEqual([
      {
        code: "description",
        path: "system",
        message: 'system audifi: the site api routes / to "apj", which is no service; did you mean "api"?',
      },
    ]);
  });

  it.each(["api", "/api/", "//", "/a b", "/a\n{"])("finds the route %j", (path) => {
    expect(checkDescription(withRoute(path, "api")).map(({ message }) => message)).toEqual([
      `system audifi: the site api has the route "${path}", which is no path; write "/" or "/name" without a final "/"`,
    ]);
  });

  it("finds a front end that talks to what no site routes to", () => {
    if (!web) throw new Error("AudiFi has no front end");
    const lost = { ...web, frontEnd: { api: "api", socket: "worker" } };
    const system = { ...audifi, services: { ...processes, web: lost } };
    expect(checkDescription(system).map(({ message }) => message)).toEqual([
      'system audifi: the front end web talks to "worker", which no site routes to; known are api, ws, web',
    ]);
  });

  it("finds a name that Docker would refuse", () => {
    const { api } = audifi.services;
    if (!api) throw new Error("AudiFi has no API");
    const system = { ...audifi, services: { ...audifi.services, API_2: api } };
    expect(checkDescription(system).map(({ message }) => message)).toEqual([
      'system audifi: "API_2" cannot be used in container names; write lower-case letters, digits and inner hyphens, at most 20',
    ]);
  });
});
