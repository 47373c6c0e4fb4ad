import type { SystemDescription } from "../systems";
import type { Finding } from "./checks";

/** Databases that PostgreSQL keeps for itself; that of a system has its name. */
const reservedDatabases = ["postgres", "template0", "template1"];

/** What the description of a system says of its services and of its name that could not run together. */
export function checkDescribedServices(system: SystemDescription): Finding[] {
  const found = (message: string): Finding => ({
    code: "description",
    path: "system",
    message: `system ${system.name}: ${message}`,
  });
  const name = reservedDatabases.includes(system.name)
    ? [found(`"${system.name}" is a database of PostgreSQL's own; write another name`)]
    : [];
  const services = Object.entries(system.services).flatMap(
    ([service, { image, ports, queue, needs, frontEnd }]) => [
      // A program from elsewhere may serve its requests and its metrics at one port.
      ...(image === undefined ? portTwice(ports) : []).map((fault) =>
        found(`the service ${service} ${fault}`),
      ),
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
    ],
  );
  return [...name, ...services];
}

/** A process listens on each of its ports. */
function portTwice(ports: SystemDescription["services"][string]["ports"]): string[] {
  const uses = Object.entries(ports).filter(([, port]) => port !== undefined);
  return uses.flatMap(([use, port], index) => {
    const same = uses.slice(0, index).find(([, other]) => other === port);
    return same === undefined ? [] : [`has the port ${port} for ${same[0]} and ${use}; write one for each`];
  });
}
