/** What `init` writes for a stack without a file. */
import { formatProblem, InputError } from "../../components/shared/errors";
import { readableMemory } from "../../components/shared/units";
import { stackFile } from "../../stacks/settings/load-file";
import { missingOf } from "../../stacks/settings/missing";
import type { ServiceSettings, Settings } from "../../stacks/settings/settings";
import { defaultSystem, systemFile } from "../../stacks/systems";
import { originOf } from "../../stacks/urls";
import type { StackValues } from "./stack-file";

export interface NewStack {
  readonly system?: string | undefined;
  readonly domain?: string | undefined;
  /** Address of the host; none means Docker on this machine. */
  readonly host?: string | undefined;
  /** Admin user that is made on the host. */
  readonly user?: string | undefined;
  /** Address that the ACME CA writes to. */
  readonly email?: string | undefined;
}

/** Ports that need no rights. */
const localPorts = { httpPort: 8080, httpsPort: 8443 } as const;

/**
 * The keys of a new file. Domains that no public CA signs get certificates of Caddy's own. Without a domain it is an
 * environment on this machine, which somebody who names the system or calls it dev wants.
 * @throws InputError where it is not said what the environment is to be.
 */
export function newStackValues(stack: string, options: NewStack): StackValues {
  const { domain, host, user, email, system = defaultSystem } = options;
  const isHere = host === undefined && (stack === "dev" || options.system !== undefined);
  if (domain === undefined && isHere)
    return {
      system,
      domain: `${system}.localhost`,
      proxy: { ...localPorts, certificates: "internal" },
    };
  if (domain === undefined)
    throw new InputError([
      {
        code: "no-stack-file",
        file: stackFile(stack),
        path: "",
        message: `there is no such file; say what to write into it: ./backline init ${stack} --domain example.com --host 203.0.113.5 --email ops@example.com, or --system ${system} alone for a copy on this machine`,
      },
    ]);
  const isPublic = !/(?:^|\.)(?:localhost|test|internal|local|example|invalid)$/.test(domain);
  return {
    system,
    domain,
    ...(host === undefined ? {} : { host: { address: host, ...(user === undefined ? {} : { user }) } }),
    proxy: isPublic
      ? { certificates: "acme", ...(email === undefined ? {} : { email }) }
      : { certificates: "internal", ...(host === undefined ? localPorts : {}) },
  };
}

function serviceLine({ name, replicas, memory, cpu, container, source }: ServiceSettings): string {
  const from = container?.image ?? `services/${source}`;
  return `  ${name}: ${replicas} of ${readableMemory(memory)} and ${cpu} CPU, from ${from}`;
}

/** Comments for the top of the file: what the system is, what can be said otherwise, and what is still to be said. */
export function newStackHeading(settings: Settings): string {
  const { stack, system, sites, services, postgres, redis, migrations, host, proxy } = settings;
  const missing = missingOf(settings);
  const stores = [
    ...(postgres === undefined ? [] : [`PostgreSQL ${readableMemory(postgres.memory)} (postgres)`]),
    ...(redis === undefined ? [] : [`Redis ${readableMemory(redis.memory)} (redis)`]),
  ];
  const where = host.address === undefined ? "Docker on this machine" : `the host ${host.address}`;
  const lines = [
    `The system ${system} on ${where}. \`./backline init ${stack}\` has made this file; change what you like.`,
    `What the system is stands in ${systemFile({ name: system })}; what can be written here, in docs/configuration.md.`,
    "",
    "Sites (sites):",
    ...sites.map((site) => `  ${site.name}: ${originOf(site, proxy)}`),
    "Services (services):",
    ...services.map(serviceLine),
    ...(migrations?.container === undefined ? [] : [`Migrations: from ${migrations.container.image}`]),
    ...(stores.length === 0 ? [] : [`Stores: ${stores.join(", ")}`]),
    `Together they fit ${readableMemory(host.memory)} and ${host.cpus} cores (host.memory, host.cpus).`,
    ...(missing.length === 0
      ? []
      : [
          "",
          "Before the first deploy:",
          ...missing.map((finding) => `  ${formatProblem({ ...finding, file: "" })}`),
        ]),
  ];
  return lines
    .map((line) => `# ${line}`.trimEnd())
    .join("\n")
    .concat("\n");
}
