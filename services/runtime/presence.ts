import type { Redis, Result } from "ioredis";
import { type User, userSchema } from "../contract/accounts";
import { presenceKey, roomChannel } from "../contract/channels";
import { socketLimits } from "../contract/frames";
import type { Logger } from "./log";

/** Entry of one connection in its room's sorted set. */
export const presenceMember = (user: User, connection: string): string =>
  `${user.id} ${connection} ${user.name}`;

/**
 * Who follows a room, across processes. An entry that is not renewed expires, so the connections of a process that died
 * go by themselves: whichever process looks next removes them.
 *
 * Every change runs as one script, which also publishes the `presence` frames that follow from it. So the first of two
 * that come at once announces the user and the second does not, and the frames come in the order of the changes.
 */
export interface Presence {
  /** Adds an entry. Everybody in the room, each once. Rejects while Redis is away; `renew` makes up for it. */
  enter(room: string, member: string): Promise<User[]>;
  /** Removes an entry; while Redis is away it expires instead. */
  leave(room: string, member: string): void;
  /** Renews all entries of this process, and removes what has expired in their rooms. Never rejects. */
  renew(rooms: Iterable<{ readonly room: string; readonly members: readonly string[] }>): Promise<void>;
}

/**
 * Arguments: the room's id, milliseconds until entries expire, the number of entries to add or renew, those, and then
 * those to remove. Returns ids and names of the users who are in the room afterwards, in turn.
 */
const script = `
local key, channel, room, lease = KEYS[1], KEYS[2], ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function users()
  local found = {}
  for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do
    local id, name = string.match(member, '^(%S+) %S+ (.*)$')
    if id then found[id] = name end
  end
  return found
end
local function announce(id, name, present)
  redis.call('PUBLISH', channel, cjson.encode({
    type = 'presence', room = room, user = { id = id, name = name }, present = present
  }))
end
local before = users()
local removed = 4 + tonumber(ARGV[3])
for index = 4, removed - 1 do redis.call('ZADD', key, now + lease, ARGV[index]) end
for index = removed, #ARGV do redis.call('ZREM', key, ARGV[index]) end
redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
redis.call('PEXPIRE', key, lease * 2)
local after, answer = users(), {}
for id, name in pairs(after) do
  answer[#answer + 1] = id
  answer[#answer + 1] = name
  if not before[id] then announce(id, name, true) end
end
for id, name in pairs(before) do
  if not after[id] then announce(id, name, false) end
end
return answer
`;

declare module "ioredis" {
  interface RedisCommander<Context> {
    changePresence(
      key: string,
      channel: string,
      room: string,
      leaseMilliseconds: number,
      kept: number,
      ...members: string[]
    ): Result<string[], Context>;
  }
}

export function createPresence(
  redis: Redis,
  log: Pick<Logger, "debug">,
  leaseMilliseconds: number = socketLimits.presenceMilliseconds,
): Presence {
  redis.defineCommand("changePresence", { numberOfKeys: 2, lua: script });
  const addressed = (room: string) =>
    [presenceKey(room), roomChannel(room), room, leaseMilliseconds] as const;
  return {
    async enter(room, member) {
      return toUsers(await redis.changePresence(...addressed(room), 1, member));
    },
    leave(room, member) {
      redis
        .changePresence(...addressed(room), 0, member)
        .catch((error: unknown) => log.debug({ err: error, room }, "a presence entry is left to expire"));
    },
    async renew(rooms) {
      const pipeline = redis.pipeline();
      for (const { room, members } of rooms)
        pipeline.changePresence(...addressed(room), members.length, ...members);
      if (pipeline.length === 0) return;
      try {
        await pipeline.exec();
      } catch (error) {
        log.debug({ err: error }, "presence entries could not be renewed");
      }
    },
  };
}

function toUsers(answer: readonly string[]): User[] {
  const users: User[] = [];
  for (let index = 0; index < answer.length; index += 2)
    users.push(userSchema.parse({ id: answer[index], name: answer[index + 1] }));
  return users;
}
