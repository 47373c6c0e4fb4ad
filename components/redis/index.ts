export type { RedisPlanArgs } from "./args";
export { Redis, type RedisArgs } from "./component";
export { planRedis, type RedisPlan, redis, renderRedisConf } from "./plan";
