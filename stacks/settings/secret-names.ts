/** The secrets that `init` generates, in the order in which they are listed. */
export const secretNames = [
  "nameKey",
  "jwtSecret",
  "postgresAdminPassword",
  "postgresPassword",
  "postgresMonitoringPassword",
  "redisPassword",
  "grafanaPassword",
] as const;

export type SecretName = (typeof secretNames)[number];
