/** The secrets of Backline's own parts, in the order in which they are listed. */
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
