import { describe, expect, it } from "vitest";
import { checkDescribedServices } from "../../../stacks/settings/description-services";
import { type SystemDescription, systems } from "../../../stacks/systems";
import { audifi } from "../../../stacks/systems/audifi";

const { api, web } = audifi.services;
if (!api || web?.frontEnd === undefined) throw new Error("AudiFi has lost a service");
const ports = { traffic: 3000, metrics: 3090, health: 3091 };
const withApi = (more: object): SystemDescription => ({ ...audifi, services: { api: { ...api, ...more } } });
const withWeb = (target: string): SystemDescription => ({
  ...audifi,
  services: { api, web: { ...web, frontEnd: { api: "api", socket: target } }, other: web },
});

describe("checkDescribedServices", () => {
  it.each(Object.entries(systems))("finds nothing in %s", (_name, system) => {
    expect(checkDescribedServices(system)).toEqual([]);
  });

  it.each([
    [
      "a port that two listeners of a process have",
      withApi({ ports: { ...ports, health: 3090 } }),
      "system audifi: the service api has the port 3090 for metrics and health; write one for each",
    ],
    [
      "a queue without Redis",
      withApi({ queue: true, needs: ["postgres"] }),
      'system audifi: the service api has a queue, which is kept in Redis, and does not need it; add "redis" to its needs',
    ],
    [
      "a front end that talks to itself",
      withWeb("web"),
      'system audifi: the front end web talks to "web", which is itself; name a process',
    ],
    [
      "a front end that talks to another one",
      withWeb("other"),
      'system audifi: the front end web talks to "other", which is a front end, too; name a process',
    ],
    [
      "a name that PostgreSQL keeps for itself",
      { ...audifi, name: "template1" },
      'system template1: "template1" is a database of PostgreSQL\'s own; write another name',
    ],
  ])("finds %s", (_what, system, message) => {
    expect(checkDescribedServices(system)).toEqual([{ code: "description", path: "system", message }]);
  });
});
