import { describe, expect, it } from "vitest";
import { systemFaults } from "../../../stacks/settings/system-schema";
import { systems } from "../../../stacks/systems";
import { audifi } from "../../../stacks/systems/audifi";
import { testSecrets } from "../../support/plans";
import { shop, shopSecrets, shopSystem } from "../../support/shop-system";
import { faultsOfSystem } from "../../support/systems";

const file = "stacks/systems/shop.ts";
const given = { secrets: { ...testSecrets, ...shopSecrets } };
/** What is wrong with the system when its service or the system itself is changed. */
const withService = (changed: object) =>
  faultsOfSystem(
    { ...shopSystem, services: { ...shopSystem.services, shop: { ...shop, ...changed } } },
    given,
  );
const withSystem = (changed: object) => faultsOfSystem({ ...shopSystem, ...changed }, given);
const without = <T extends object>(from: T, ...keys: readonly (keyof T & string)[]) =>
  Object.fromEntries(Object.entries(from).filter(([key]) => !keys.some((gone) => gone === key)));

describe("a description of a system", () => {
  it.each(Object.entries(systems))("has the form of one: %s", (_name, system) => {
    expect(systemFaults(system)).toEqual([]);
  });

  it("may use every key", () => {
    expect(faultsOfSystem(shopSystem, given)).toEqual([]);
  });

  it.each<[string, object, string[]]>([
    ["an unknown key", { replica: 2 }, ['services.shop.replica: unknown key; did you mean "replicas"?']],
    [
      "memory without a unit",
      { memory: "2" },
      ['services.shop.memory: "2" has no unit; write "2Gi" or "2048Mi"'],
    ],
    [
      "memory that is not there",
      { memory: undefined },
      ["services.shop.memory: is missing; add it, as stacks/systems/example.ts has it"],
    ],
    [
      "an image without a version",
      { image: "team/shop" },
      ['services.shop.image: "team/shop" has no version; write "team/shop:<version>" or a digest'],
    ],
    [
      "the image that changes by itself",
      { image: "team/shop:latest" },
      [
        'services.shop.image: "team/shop:latest" says latest, which changes by itself; write a version or a digest',
      ],
    ],
    [
      "no replica",
      { replicas: 0 },
      ["services.shop.replicas: 0 is out of range; write a whole number from 1 to 32"],
    ],
    [
      "a port that is none",
      { ports: { traffic: 70_000 } },
      ["services.shop.ports.traffic: 70000 is not a port; write a whole number from 1 to 65535"],
    ],
    [
      "a store that there is not",
      { needs: ["mysql"] },
      ['services.shop.needs.0: "mysql" is not a choice; write "postgres" or "redis"'],
    ],
    [
      "a health path with a query",
      { health: { path: "/health?deep" } },
      ['services.shop.health.path: "/health?deep" is no path; write one such as "/health", without a query'],
    ],
    [
      "an empty command",
      { command: [] },
      ["services.shop.command: []: is empty; write a program and its arguments, or remove it"],
    ],
    [
      "a user by name",
      { user: "node" },
      ['services.shop.user: "node" is no numeric user and group; write them as in "1000:1000"'],
    ],
    [
      "a capability in Docker's other spelling",
      { capabilities: ["CAP_CHOWN"] },
      [
        'services.shop.capabilities.0: "CAP_CHOWN" is no capability; write one such as "NET_BIND_SERVICE", without "CAP_"',
      ],
    ],
    [
      "a signal that is none",
      { stopSignal: "quit" },
      ['services.shop.stopSignal: "quit" is no signal; write one such as "SIGQUIT"'],
    ],
    [
      "a directory that goes up",
      { tmpfs: { "/a/../b": "size=1m" } },
      ['services.shop.tmpfs./a/../b: "/a/../b" is no absolute path; write one such as "/tmp"'],
    ],
  ])("is refused with %s", (_what, changed, lines) => {
    expect(withService(changed)).toEqual(lines.map((line) => `${file}: ${line}`));
  });

  it("is refused where parts are missing or unknown, all at once", () => {
    expect(faultsOfSystem({ ...without(shopSystem, "proxy", "sites"), redes: {} }, given)).toEqual([
      `${file}: sites: is missing; add it, as stacks/systems/example.ts has it`,
      `${file}: proxy: is missing; add it, as stacks/systems/example.ts has it`,
      `${file}: redes: unknown key; did you mean "redis"?`,
    ]);
  });

  it("is refused with a bundled process that there is not", () => {
    const services = { ...audifi.services, api: { ...audifi.services.api, source: "apj" } };
    expect(faultsOfSystem({ ...audifi, services })).toEqual([
      'stacks/systems/audifi.ts: services.api.source: "apj" is not a choice; write "api" or "ws" or "worker"',
    ]);
  });
});

describe("what spans the keys of a description", () => {
  it.each<[string, object, string[]]>([
    [
      "neither health path nor test",
      { health: {} },
      [
        'services.shop.health: has neither path nor test; write { path: "/health" }, or { test: [...] } for what answers no requests',
        "services.shop.health.path: is not set, and a site routes to the service, whose replicas the proxy checks there; add it",
      ],
    ],
    [
      "a route to a service without a port",
      { ports: { health: 3091 } },
      ["services.shop.ports.traffic: is not set, and a site routes to the service; add it"],
    ],
    [
      "a health path without a port",
      { ports: {} },
      [
        "services.shop.health.path: is asked on no port; write ports.health or ports.traffic",
        "services.shop.ports.traffic: is not set, and a site routes to the service; add it",
      ],
    ],
    [
      "a path for readiness alone",
      { health: { readyPath: "/ready", test: ["/app/healthy"] } },
      [
        "services.shop.health.readyPath: stands without path, which the proxy asks; add it",
        "services.shop.health.path: is not set, and a site routes to the service, whose replicas the proxy checks there; add it",
      ],
    ],
    [
      "a variable that is none",
      { environment: { "NODE-ENV": "x" } },
      [
        'services.shop.environment.NODE-ENV: "NODE-ENV" is not the name of a variable; write letters, digits and "_", beginning with a letter',
      ],
    ],
    [
      "a variable of a store",
      { environment: { REDIS_HOST: "x" } },
      [
        'services.shop.environment.REDIS_HOST: "REDIS_HOST" is given to whatever needs Redis; write another name or remove it',
      ],
    ],
    [
      "a variable twice",
      { environment: { SESSION_KEY_FILE: "x" } },
      [
        'services.shop.environment.SESSION_KEY_FILE: "SESSION_KEY_FILE" holds the path of a secret\'s file; write another name or remove it',
      ],
    ],
    [
      "a secret that there is not",
      { secrets: { A_FILE: "sesionKey", B_FILE: "paymentKey" } },
      ['services.shop.secrets.A_FILE: there is no secret "sesionKey" in secrets; did you mean "sessionKey"?'],
    ],
    [
      "a secret that nothing reads",
      { secrets: {} },
      ['secrets.paymentKey: no service reads "paymentKey"; name it in a service\'s secrets or remove it'],
    ],
  ])("is refused: %s", (_what, changed, lines) => {
    expect(withService(changed)).toEqual(lines.map((line) => `${file}: ${line}`));
  });

  it("is refused: stores that are needed and not there", () => {
    expect(faultsOfSystem(without(shopSystem, "postgres", "redis"), given)).toEqual([
      `${file}: services.shop.needs: "postgres" is needed, and the system has no PostgreSQL; describe it in postgres, or take it out`,
      `${file}: services.shop.needs: "redis" is needed, and the system has no Redis; describe it in redis, or take it out`,
      `${file}: migrations.needs: "postgres" is needed, and the system has no PostgreSQL; describe it in postgres, or take it out`,
    ]);
  });

  it("is refused: a bundled process without what it uses", () => {
    const bare = without(audifi, "migrations", "redis");
    const services = Object.fromEntries(
      Object.entries(audifi.services).flatMap(([name, service]) =>
        name === "web" ? [] : [[name, { ...service, needs: [], queue: false }]],
      ),
    );
    const sites = { api: { routes: [{ path: "/", service: "api" }] } };
    const lines = ["api", "ws", "worker"].flatMap((name) => [
      `services.${name}.source: "redis" is needed, and the system has no Redis; describe it in redis, or take it out`,
      `services.${name}.source: "${name}" uses tables of the bundled migrations; add migrations: { source: "migrations" }`,
    ]);
    expect(faultsOfSystem({ ...bare, services, sites })).toEqual(
      lines.map((line) => `stacks/systems/audifi.ts: ${line}`),
    );
  });

  it.each<[string, object, string]>([
    [
      "a name that no database has",
      { name: "Shop_1" },
      'name: "Shop_1" cannot be used in the names of domains and databases; write lower-case letters, digits and inner hyphens, at most 32',
    ],
    [
      "a service with the name of a store",
      { services: { ...shopSystem.services, redis: shopSystem.services.mailer } },
      'services.redis: "redis" is the name of a part of every stack; write another',
    ],
    [
      "a secret of Backline's own",
      { secrets: { ...shopSystem.secrets, jwtSecret: { description: "x" } } },
      'secrets.jwtSecret: "jwtSecret" is a secret of Backline\'s own; write another name',
    ],
    [
      "a secret with a name that is no key",
      { secrets: { ...shopSystem.secrets, "a-b": { description: "x" } } },
      'secrets.a-b: "a-b" is no name for a secret; write one such as "sessionKey"',
    ],
  ])("is refused: %s", (_what, changed, line) => {
    const lines = withSystem(changed).map((text) => text.replace("systems/Shop_1.ts", "systems/shop.ts"));
    expect(lines).toContain(`${file}: ${line}`);
    expect(lines.filter((text) => text.startsWith(file))).toHaveLength(1);
  });
});

describe("an environment of a system", () => {
  const found = (values: object) => faultsOfSystem(shopSystem, { ...given, ...values });

  it("says another version and more variables of a service from an image", () => {
    const services = { shop: { image: "team/shop:1.5.0", environment: { LOG_LEVEL: "debug" } } };
    expect(found({ services })).toEqual([]);
  });

  it.each<[string, object, string[]]>([
    [
      "an image without a version",
      { image: "team/shop" },
      ['services.shop.image: "team/shop" has no version; write "team/shop:<version>" or a digest'],
    ],
    [
      "a variable of a store",
      { environment: { DATABASE_URL_FILE: "x" } },
      [
        'services.shop.environment.DATABASE_URL_FILE: "DATABASE_URL_FILE" is given to whatever needs PostgreSQL; write another name or remove it',
      ],
    ],
    [
      "a level that only bundled services know",
      { logLevel: "debug" },
      [
        "services.shop.logLevel: has no effect: shop is from an image, which has a variable of its own for that; write it in services.shop.environment",
      ],
    ],
  ])("is refused with %s", (_what, changed, lines) => {
    expect(found({ services: { shop: changed } })).toEqual(lines.map((line) => `Pulumi.dev.yaml: ${line}`));
  });

  it("is refused where it sizes a store that the system lacks", () => {
    expect(faultsOfSystem(systems.example, { postgres: { memory: "1Gi" } })).toEqual([
      "Pulumi.dev.yaml: postgres: has no effect: the system example has no PostgreSQL; remove it",
    ]);
  });

  it("is refused where it names an image of a bundled service", () => {
    expect(faultsOfSystem(audifi, { services: { api: { image: "team/api:1.0" } } })).toEqual([
      "Pulumi.dev.yaml: services.api.image: has no effect: api is built from services/api, and only a service from an image has this key; remove it",
    ]);
  });

  it("has the system's name below localhost for a domain, when it says none", () => {
    for (const domain of [undefined, ""])
      expect(faultsOfSystem(systems.example, domain === undefined ? {} : { domain })).toEqual([]);
  });
});
