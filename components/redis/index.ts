export type { RedisPlanArgs } from "./args";
export { Redis, type RedisArgs } from "./component";
export { redis } from "./place";
export { planRedis, type RedisPlan, renderRedisConf } from "./plan";
