import type { SystemDescription } from "../systems";
import type { Finding } from "./checks";

/** Databases that PostgreSQL keeps for itself. */
const reservedDatabases = ["postgres", "template0", "template1"];

/** What the description of a system says of its services that cannot run. */
export function checkDescribedServices(system: SystemDescription): Finding[] {
  const found = (message: string): Finding => ({
    code: "description",
    path: "system",
    message: `system ${system.name}: ${message}`,
  });
  const isName = /^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/.test(system.name);
  const name =
    isName && !reservedDatabases.includes(system.name)
      ? []
      : [
          found(
            `"${system.name}" cannot name its database; write lower-case letters, digits and inner hyphens, at most 32, and none of ${reservedDatabases.join(", ")}`,
          ),
        ];
  const services = Object.entries(system.services);
  return [
    ...name,
    ...services.flatMap(([service, { ports, replicas, queue, needs, frontEnd }]) => [
      ...portFaults(ports).map((fault) => found(`the service ${service} ${fault}`)),
      ...(Number.isInteger(replicas) && replicas >= 1 && replicas <= 32
        ? []
        : [found(`the service ${service} has ${replicas} replicas; write a whole number from 1 to 32`)]),
      ...(queue === true && !needs.includes("redis")
        ? [
            found(
              `the service ${service} has a queue, which is kept in Redis, and does not need it; add "redis" to its needs`,
            ),
          ]
        : []),
      ...Object.values(frontEnd ?? {})
        .filter((target) => system.services[target]?.frontEnd !== undefined)
        .map((target) =>
          found(
            `the front end ${service} talks to "${target}", which is ${target === service ? "itself" : "a front end, too"}; name a process`,
          ),
        ),
    ]),
  ];
}

/** A process listens on each of its ports. */
function portFaults(ports: SystemDescription["services"][string]["ports"]): string[] {
  const uses = Object.entries(ports);
  return uses.flatMap(([use, port], index) => {
    if (!(Number.isInteger(port) && port >= 1 && port <= 65_535))
      return [`has the port ${port} for ${use}; write a whole number from 1 to 65535`];
    const same = uses.slice(0, index).find(([, other]) => other === port);
    return same === undefined ? [] : [`has the port ${port} for ${same[0]} and ${use}; write one for each`];
  });
}
