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
    if (web?.frontEnd === undefined) throw new Error("AudiFi has no front end");
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

  it("finds a path that a site routes twice", () => {
    const api = {
      routes: [
        { path: "/", service: "api" },
        { path: "/", service: "ws" },
      ],
    };
    const system = { ...audifi, services: processes, sites: { api } };
    expect(checkDescription(system).map(({ message }) => message)).toEqual([
      "system audifi: the site api routes / twice, the second time to ws; remove one of them",
    ]);
  });

  it.each([
    "default-src 'self' https://cdn.example.com; img-src 'self' data:; frame-ancestors 'none'",
    "script-src 'nonce-YWJj' 'sha256-YWJj+/=' 'strict-dynamic'; upgrade-insecure-requests;",
  ])("finds nothing in the policy %s", (contentSecurityPolicy) => {
    const api = { routes: [], contentSecurityPolicy };
    expect(checkDescription({ ...audifi, services: processes, sites: { api } })).toEqual([]);
  });

  it.each([
    [
      "default-src 'none';\nscript-src 'self'",
      "has a line break or another character that headers cannot have; write it in one line of plain characters",
    ],
    ["default-src self", "has self without quotes in default-src; write 'self'"],
    [
      "default-src 'self",
      "has 'self in default-src, which is no quoted keyword, nonce or hash; write one such as 'self', each in its own quotes",
    ],
    [
      "script-src 'self unsafe-inline'",
      "has 'self in script-src, which is no quoted keyword, nonce or hash; write one such as 'self', each in its own quotes",
    ],
    [
      'default-src "self"',
      "has the character \", which is in no policy; write keywords such as 'self' in single quotes",
    ],
    [
      "default-src {$HOME}",
      "has the character {, which is in no policy; write keywords such as 'self' in single quotes",
    ],
    ["default-src 'none' 'self'", "has 'none' beside other sources in default-src; write one or the other"],
    [
      "default-src 'self'; default-src 'none'",
      "has default-src twice, of which browsers drop the second; write it once",
    ],
    [
      "default-src 'self', img-src 'self'",
      "has 'self', in default-src, which is no quoted keyword, nonce or hash; write one such as 'self', each in its own quotes",
    ],
    [
      "'self'",
      `has the directive "'self'", which is no name; write one such as default-src, and ";" between directives`,
    ],
    [" ; ", "is empty; remove it, or write one such as default-src 'self'"],
  ])("finds the policy %j", (contentSecurityPolicy, fault) => {
    const api = { routes: [], contentSecurityPolicy };
    const messages = checkDescription({ ...audifi, services: processes, sites: { api } });
    expect(messages.map(({ message }) => message)).toEqual([
      `system audifi: the contentSecurityPolicy of the site api ${fault}`,
    ]);
  });
});
