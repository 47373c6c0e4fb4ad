/** What spans keys of a system's description. */
import type { Problem } from "../../components/shared/errors";
import {
  type ContainerDescription,
  type ImageDescription,
  type Store,
  type SystemDescription,
  systemFile,
} from "../systems";
import { suggestion } from "./problems";
import { secretNames } from "./secret-names";
import { variableFault } from "./use-checks";

/** What is wrong, and where in the description. */
interface Fault {
  readonly path: string;
  readonly message: string;
}

/** Names that other containers, networks and files of a stack have. */
const taken: readonly string[] = [
  "proxy",
  "postgres",
  "redis",
  "migrations",
  "prometheus",
  "alertmanager",
  "grafana",
  "node",
  "node-exporter",
  "redis-exporter",
  "postgres-exporter",
  "upstreams",
];

/** What a description says that cannot work, each with its key in the description's own file. */
export function checkSystem(system: SystemDescription): Problem[] {
  const services = Object.entries(system.services);
  const faults: Fault[] = [
    ...systemName(system),
    ...services.flatMap(([name, service]) => [
      ...(taken.includes(name)
        ? [
            {
              path: `services.${name}`,
              message: `"${name}" is the name of a part of every stack; write another`,
            },
          ]
        : []),
      ...withoutStore(`services.${name}.needs`, service.needs, system),
      ...(service.image === undefined ? [] : imageService(name, service, system)),
    ]),
    ...bundledServices(system),
    ...migrations(system),
    ...secrets(system),
  ];
  return faults.map((fault) => ({ ...fault, code: "description", file: systemFile(system) }));
}

/** It becomes the name of a database, and by default of a domain. */
function systemName({ name }: SystemDescription): Fault[] {
  return /^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/.test(name)
    ? []
    : [
        {
          path: "name",
          message: `"${name}" cannot be used in the names of domains and databases; write lower-case letters, digits and inner hyphens, at most 32`,
        },
      ];
}

const storeNames = { postgres: "PostgreSQL", redis: "Redis" } as const;

function withoutStore(path: string, needs: readonly Store[], system: SystemDescription): Fault[] {
  return needs
    .filter((store) => system[store] === undefined)
    .map((store) => ({
      path,
      message: `"${store}" is needed, and the system has no ${storeNames[store]}; describe it in ${store}, or take it out`,
    }));
}

function imageService(name: string, service: ImageDescription, system: SystemDescription): Fault[] {
  const path = `services.${name}`;
  const { ports, health } = service;
  const asked = ports.health ?? ports.traffic;
  const routed = Object.values(system.sites).some(({ routes }) =>
    routes.some((route) => route.service === name),
  );
  return [
    ...containerFaults(path, service, system),
    ...(health.path === undefined && health.test === undefined
      ? [
          {
            path: `${path}.health`,
            message:
              'has neither path nor test; write { path: "/health" }, or { test: [...] } for what answers no requests',
          },
        ]
      : []),
    ...(health.path !== undefined && asked === undefined
      ? [{ path: `${path}.health.path`, message: "is asked on no port; write ports.health or ports.traffic" }]
      : []),
    ...(health.path === undefined && health.readyPath !== undefined
      ? [{ path: `${path}.health.readyPath`, message: "stands without path, which the proxy asks; add it" }]
      : []),
    ...(routed && ports.traffic === undefined
      ? [{ path: `${path}.ports.traffic`, message: "is not set, and a site routes to the service; add it" }]
      : []),
    ...(routed && health.path === undefined
      ? [
          {
            path: `${path}.health.path`,
            message:
              "is not set, and a site routes to the service, whose replicas the proxy checks there; add it",
          },
        ]
      : []),
  ];
}

function containerFaults(
  path: string,
  container: ContainerDescription & { readonly needs?: readonly Store[] },
  system: SystemDescription,
): Fault[] {
  const { needs = [] } = container;
  const known = Object.keys(system.secrets ?? {});
  return [
    ...Object.keys(container.environment ?? {}).flatMap((variable) => {
      const message = variableFault(variable, container);
      return message === undefined ? [] : [{ path: `${path}.environment.${variable}`, message }];
    }),
    ...Object.entries(container.secrets ?? {}).flatMap(([variable, secret]) => {
      const message =
        variableFault(variable, { needs }) ??
        (known.includes(secret)
          ? undefined
          : `there is no secret "${secret}" in secrets; ${known.length === 0 ? "describe it there" : suggestion(secret, known)}`);
      return message === undefined ? [] : [{ path: `${path}.secrets.${variable}`, message }];
    }),
  ];
}

/** The bundled processes use both stores, whatever they say that they need. */
function bundledServices(system: SystemDescription): Fault[] {
  return Object.entries(system.services).flatMap(([name, { source, frontEnd }]) =>
    source === undefined || frontEnd !== undefined
      ? []
      : [
          ...withoutStore(`services.${name}.source`, ["postgres", "redis"], system),
          ...(system.migrations?.source === undefined
            ? [
                {
                  path: `services.${name}.source`,
                  message: `"${source}" uses tables of the bundled migrations; add migrations: { source: "migrations" }`,
                },
              ]
            : []),
        ],
  );
}

function migrations(system: SystemDescription): Fault[] {
  const { migrations: described } = system;
  if (described === undefined) return [];
  if (described.image === undefined) return withoutStore("migrations.source", ["postgres"], system);
  const needs = described.needs ?? (["postgres"] as const);
  return [
    ...withoutStore("migrations.needs", needs, system),
    ...containerFaults("migrations", { ...described, needs }, system),
  ];
}

function secrets(system: SystemDescription): Fault[] {
  const containers: readonly ContainerDescription[] = [
    ...Object.values(system.services).filter((service) => service.image !== undefined),
    ...(system.migrations?.image === undefined ? [] : [system.migrations]),
  ];
  const read = new Set(containers.flatMap((container) => Object.values(container.secrets ?? {})));
  const own: readonly string[] = secretNames;
  return Object.keys(system.secrets ?? {}).flatMap((name): Fault[] => {
    const path = `secrets.${name}`;
    if (!/^[a-z][A-Za-z0-9]{0,62}$/.test(name))
      return [{ path, message: `"${name}" is no name for a secret; write one such as "sessionKey"` }];
    if (own.includes(name))
      return [{ path, message: `"${name}" is a secret of Backline's own; write another name` }];
    return read.has(name)
      ? []
      : [{ path, message: `no service reads "${name}"; name it in a service's secrets or remove it` }];
  });
}
