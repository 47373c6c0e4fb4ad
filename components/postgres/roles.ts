import { labels } from "../shared/names";
import type { Secret } from "../shared/secret";
import { commandLine } from "../shared/shell";

/** Owner of the database, and one of the two roles that the services sign in as. */
const owner = "backline";

/**
 * The services' two roles. One is in use; during a rotation of its password the other one is made ready with the new
 * password, so that old and new replicas sign in at the same time. A role has one password, which is why there are two.
 */
const serviceRoles = [owner, "backline_alternate"] as const;
type ServiceRole = (typeof serviceRoles)[number];

export const monitoringRole = "monitoring";

/** The role in use after so many rotations, and the one that is at rest. */
export function rolesAfter(rotations: number): { readonly used: ServiceRole; readonly other: ServiceRole } {
  const [first, second] = serviceRoles;
  return rotations % 2 === 0 ? { used: first, other: second } : { used: second, other: first };
}

export interface RolesArgs {
  /** Name of the services' database. */
  readonly database: string;
  /** Password of the superuser `postgres`. */
  readonly adminPassword: Secret;
  /** Password of the services' role that is in use. */
  readonly password: Secret;
  /** Password of the other one, while it may sign in as well; undefined: it may not, and whoever is signed in as it is cut off. */
  readonly otherPassword: Secret | undefined;
  /** How often the services' password was rotated, which says which role is in use. */
  readonly rotations: number;
  /** Password of the role that the exporter reads statistics with. */
  readonly monitoringPassword: Secret;
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const make = (name: string): string =>
  `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${literal(name)}) THEN CREATE ROLE ${name}; END IF; END $$;`;

const signsIn = (name: string, password: Secret, attributes = "NOSUPERUSER"): string =>
  `ALTER ROLE ${name} LOGIN ${attributes} PASSWORD ${literal(password.reveal())};`;

const signsInNoMore = (name: string): string[] => [
  `ALTER ROLE ${name} NOLOGIN NOSUPERUSER PASSWORD NULL;`,
  `DO $$ BEGIN PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = ${literal(name)}; END $$;`,
];

/** For `psql`: brings roles, passwords and the database to what the settings say; safe to run again. */
export function renderRoles(args: RolesArgs): string {
  const { used, other } = rolesAfter(args.rotations);
  const [, alternate] = serviceRoles;
  return [
    "\\set ON_ERROR_STOP on",
    // A statement that fails must not leave a password in the log.
    "SET log_min_error_statement = 'panic'; SET log_min_duration_statement = -1; SET client_min_messages = 'warning';",
    ...["postgres", ...serviceRoles, monitoringRole].map(make),
    signsIn("postgres", args.adminPassword, "SUPERUSER"),
    signsIn(monitoringRole, args.monitoringPassword),
    `GRANT pg_monitor TO ${monitoringRole};`,
    // Whichever it is, what it makes belongs to one owner: it acts as that one from the first statement on.
    `ALTER ROLE ${alternate} INHERIT; GRANT ${owner} TO ${alternate}; ALTER ROLE ${alternate} SET role TO ${owner};`,
    `ALTER DATABASE "${args.database}" OWNER TO ${owner};`,
    `REVOKE ALL ON DATABASE "${args.database}" FROM PUBLIC;`,
    `GRANT CONNECT ON DATABASE "${args.database}" TO ${monitoringRole};`,
    signsIn(used, args.password),
    ...(args.otherPassword === undefined ? signsInNoMore(other) : [signsIn(other, args.otherPassword)]),
    "",
  ].join("\n");
}

/** Gives what it reads to `psql` in the running container of a stack. */
export function rolesCommand({
  stack,
  database,
}: {
  readonly stack: string;
  readonly database: string;
}): string {
  const filters = [`label=${labels.stack}=${stack}`, `label=${labels.service}=postgres`];
  const find = commandLine(["docker", "ps", "--quiet", ...filters.flatMap((filter) => ["--filter", filter])]);
  const psql = ["psql", "--quiet", "--no-psqlrc", "--username=postgres", `--dbname=${database}`];
  return `id=$(${find})\ndocker exec -i "$id" ${commandLine(psql)}`;
}
