/** Names in Redis. Pub/sub payloads are server frames (see frames.ts) as JSON text unless another is named. */

/** Frames for everybody who follows the room. */
export const roomChannel = (room: string): string => `backline:room:${room}`;

/** Frames for every connection of one user. */
export const userChannel = (user: string): string => `backline:user:${user}`;

/** JSON array of ids of sessions that were ended: their tokens are refused from now on, their connections closed. */
export const endedSessionsChannel = "backline:sessions:ended";

/** Sorted set of the same ids, by the time (seconds) after which no access token of theirs can be valid. */
export const endedSessionsKey = "backline:sessions:ended";

/** Ids of jobs that their owner has cancelled: the worker that runs one stops it. */
export const cancelledJobsChannel = "backline:jobs:cancelled";

/** Sorted set of a user's job ids by the time of their making (milliseconds). */
export const jobsOfUserKey = (user: string): string => `backline:jobs:of:${user}`;

/** Sorted set of a room's connections, `<user id> <connection id> <user name>`, by the time they expire (milliseconds). */
export const presenceKey = (room: string): string => `backline:presence:${room}`;

/** Prefix of the counters of rate limits. */
export const rateLimitPrefix = "backline:rate";
