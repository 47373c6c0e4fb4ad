/** Names of the Redis pub/sub channels. Payloads are server frames (see frames.ts) as JSON text. */

/** Frames for everybody who joined the room. */
export const roomChannel = (room: string): string => `backline:room:${room}`;

/** Frames for every connection of one user. */
export const userChannel = (user: string): string => `backline:user:${user}`;
