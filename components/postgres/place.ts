/** Names by which everything else finds PostgreSQL; constant, so that a change of it replaces nothing else. */
export const postgres = {
  host: "postgres",
  port: 5432,
  /** Where its data are inside its container. */
  data: "/var/lib/postgresql/data",
} as const;
