import type { SystemDescription } from "../systems";
import type { Finding } from "./checks";
import { policyFault } from "./content-security-policy";
import { checkDescribedServices } from "./description-services";
import { suggestion } from "./problems";

/** What a system's description itself may get wrong: names, routes and policies. */
export function checkDescription(system: SystemDescription): Finding[] {
  const services = Object.keys(system.services);
  const file = `system ${system.name}`;
  const badNames = [...services, ...Object.keys(system.sites)]
    .filter((name) => !/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/.test(name))
    .map((name) => ({
      code: "description" as const,
      path: "system",
      message: `${file}: "${name}" cannot be used in container names; write lower-case letters, digits and inner hyphens, at most 20`,
    }));
  const badRoutes = Object.entries(system.sites).flatMap(([site, { routes }]) =>
    routes.flatMap(({ path, service }) => [
      ...(services.includes(service)
        ? []
        : [
            {
              code: "description" as const,
              path: "system",
              message: `${file}: the site ${site} routes ${path} to "${service}", which is no service; ${suggestion(service, services)}`,
            },
          ]),
      ...(/^\/([A-Za-z0-9._~-]+(\/[A-Za-z0-9._~-]+)*)?$/.test(path)
        ? []
        : [
            {
              code: "description" as const,
              path: "system",
              message: `${file}: the site ${site} has the route "${path}", which is no path; write "/" or "/name" without a final "/"`,
            },
          ]),
    ]),
  );
  const badPolicies = Object.entries(system.sites).flatMap(([site, { contentSecurityPolicy }]) => {
    const fault = contentSecurityPolicy === undefined ? undefined : policyFault(contentSecurityPolicy);
    return fault === undefined
      ? []
      : [
          {
            code: "description" as const,
            path: "system",
            message: `${file}: the contentSecurityPolicy of the site ${site} ${fault}`,
          },
        ];
  });
  const repeatedRoutes = Object.entries(system.sites).flatMap(([site, { routes }]) =>
    routes
      .filter(({ path }, index) => routes.findIndex((route) => route.path === path) < index)
      .map(({ path, service }) => ({
        code: "description" as const,
        path: "system",
        message: `${file}: the site ${site} routes ${path} twice, the second time to ${service}; remove one of them`,
      })),
  );
  const routed = new Set(
    Object.values(system.sites).flatMap(({ routes }) => routes.map(({ service }) => service)),
  );
  const badFrontEnds = Object.entries(system.services).flatMap(([name, { frontEnd }]) =>
    Object.values(frontEnd ?? {})
      .filter((target) => !routed.has(target))
      .map((target) => ({
        code: "description" as const,
        path: "system",
        message: `${file}: the front end ${name} talks to "${target}", which no site routes to; ${suggestion(target, [...routed])}`,
      })),
  );
  return [
    ...badNames,
    ...badRoutes,
    ...repeatedRoutes,
    ...badPolicies,
    ...badFrontEnds,
    ...checkDescribedServices(system),
  ];
}
