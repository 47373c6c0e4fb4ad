import type { ContainerPlan } from "../shared/container";
import { planContainer } from "../shared/container";
import { type LiveConfig, liveBind } from "../shared/live-config";
import { labels } from "../shared/names";
import type { PostgresPlanArgs } from "./args";
import { postgres } from "./place";
import { renderRoles } from "./roles";

/** uid:gid of `postgres` in the official image. */
const owner = "999:999";
const livePath = "/run/backline";

export interface PostgresPlan {
  readonly stack: string;
  readonly database: string;
  readonly container: ContainerPlan;
  /**
   * The superuser's password, which the image reads when it makes the database. It lies in a directory whose name stays,
   * since a new password must not replace the container.
   */
  readonly config: LiveConfig;
  readonly volume: { readonly name: string; readonly labels: { label: string; value: string }[] };
  /** Brings roles, passwords and the database to what the settings say; safe to run again. Secret. */
  readonly rolesSql: string;
}

/** Settings of the server that follow from its memory: a quarter for its own cache, three quarters assumed in all. */
export function serverSettings(memory: number, maxConnections: number): Record<string, string> {
  return {
    max_connections: String(maxConnections),
    shared_buffers: `${Math.floor(memory / 4)}MB`,
    effective_cache_size: `${Math.floor((memory * 3) / 4)}MB`,
    maintenance_work_mem: `${Math.max(16, Math.floor(memory / 16))}MB`,
    wal_compression: "on",
    password_encryption: "scram-sha-256",
    log_line_prefix: "%m [%p] %u@%d ",
    log_min_duration_statement: "1s",
    idle_in_transaction_session_timeout: "60s",
  };
}

export function planPostgres(args: PostgresPlanArgs): PostgresPlan {
  const volume = `${args.stack}-postgres-data`;
  const settings = Object.entries(serverSettings(args.memory, args.maxConnections));
  return {
    stack: args.stack,
    database: args.database,
    config: {
      service: "postgres",
      owner,
      files: [{ name: "postgres-password", content: args.adminPassword }],
      validate: 'test -s "$dir/postgres-password"',
      // A running server has it from the roles.
      reload: "true",
    },
    volume: {
      name: volume,
      labels: [
        { label: labels.stack, value: args.stack },
        { label: labels.kind, value: "data" },
      ],
    },
    rolesSql: renderRoles(args),
    container: planContainer({
      stack: args.stack,
      service: "postgres",
      image: args.imageReference,
      command: ["postgres", ...settings.flatMap(([name, value]) => ["-c", `${name}=${value}`])],
      environment: {
        POSTGRES_PASSWORD_FILE: `${livePath}/current/postgres-password`,
        POSTGRES_DB: args.database,
        POSTGRES_INITDB_ARGS: "--auth-host=scram-sha-256 --data-checksums",
        PGDATA: postgres.data,
      },
      user: owner,
      memory: args.memory,
      cpu: args.cpu,
      networks: [{ name: args.networks.data, aliases: [postgres.host] }],
      volumes: [{ name: volume, containerPath: postgres.data }],
      binds: [liveBind(args.host, "postgres", livePath)],
      tmpfs: { "/tmp": "size=64m,mode=1777", "/var/run/postgresql": "size=1m,mode=0775,uid=999,gid=999" },
      health: {
        test: [
          "pg_isready",
          "--quiet",
          "--host=127.0.0.1",
          "--username=postgres",
          `--dbname=${args.database}`,
        ],
        interval: 10,
        startPeriod: 30,
      },
      // Fast shutdown: sessions are ended and a checkpoint is written; the default would wait for clients.
      stopSignal: "SIGINT",
      stopGrace: 60,
    }),
  };
}
