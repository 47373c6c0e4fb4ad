import { type ContainerPlan, planContainer } from "../shared/container";
import { type FilesPlan, planFiles } from "../shared/files";
import { type LiveConfig, liveBind } from "../shared/live-config";
import { labels } from "../shared/names";
import type { RedisPlanArgs } from "./args";
import { livePath, planPasswords } from "./passwords";
import { redis } from "./place";

/** uid:gid of `redis` in the official image. */
const owner = "999:999";
const configPath = "/run/backline";

export interface RedisPlan {
  readonly container: ContainerPlan;
  readonly files: FilesPlan;
  /** Which passwords are accepted: a change of them restarts nothing. */
  readonly config: LiveConfig;
  readonly volume: { readonly name: string; readonly labels: { label: string; value: string }[] };
}

/**
 * redis.conf: every write is in the append-only file within a second, a snapshot is taken every hour. A quarter of
 * the memory stays free for copy-on-write and buffers.
 */
export function renderRedisConf(args: Pick<RedisPlanArgs, "memory" | "evictionPolicy">): string {
  return [
    `port ${redis.port}`,
    "bind 0.0.0.0",
    "protected-mode yes",
    `aclfile ${livePath}/current/users.acl`,
    `dir ${redis.data}`,
    "appendonly yes",
    "appendfsync everysec",
    "save 3600 1",
    `maxmemory ${Math.floor((args.memory * 3) / 4)}mb`,
    `maxmemory-policy ${args.evictionPolicy}`,
    "tcp-keepalive 60",
    "",
  ].join("\n");
}

export function planRedis(args: RedisPlanArgs): RedisPlan {
  const volume = `${args.stack}-redis-data`;
  const files = planFiles(args.host, args.nameKey, {
    name: "redis",
    owner,
    files: [{ name: "redis.conf", content: renderRedisConf(args) }],
  });
  return {
    files,
    config: planPasswords(owner, args),
    volume: {
      name: volume,
      labels: [
        { label: labels.stack, value: args.stack },
        { label: labels.kind, value: "data" },
      ],
    },
    container: planContainer({
      stack: args.stack,
      service: "redis",
      image: args.imageReference,
      command: ["redis-server", `${configPath}/redis.conf`],
      user: owner,
      memory: args.memory,
      cpu: args.cpu,
      networks: [{ name: args.networks.data, aliases: [redis.host] }],
      volumes: [{ name: volume, containerPath: redis.data }],
      binds: [
        { hostPath: files.directory, containerPath: configPath },
        liveBind(args.host, "redis", livePath),
      ],
      tmpfs: { "/tmp": "size=16m,mode=1777" },
      // The password goes by the environment of the short-lived client, so that no process list shows it.
      health: {
        test: [
          "sh",
          "-c",
          `REDISCLI_AUTH=$(cat ${livePath}/current/redis-password) redis-cli ping | grep -q PONG`,
        ],
        interval: 10,
        startPeriod: 30,
      },
      stopGrace: 30,
    }),
  };
}
