/** What a connection may cost its process. docs/websocket.md lists the limits that clients can rely on. */
import { socketLimits } from "../contract/frames";

/** Milliseconds that a client has to answer a close before its connection is cut. */
export const closeMilliseconds = 5_000;

/** Milliseconds that a client may take to read what a replay has sent so far. */
export const replayMilliseconds = 20_000;

/** Bytes that wait to be sent at which a replay waits, too. */
export const replayBytes = 128 * 1024;

/** Messages of a replay that are read from PostgreSQL at once. */
export const replayPage = 100;

/** Connections of a process that have not sent a token yet; the oldest is closed for a further one. */
export const silentConnections = 1_000;

/** Milliseconds between two `typing` frames of a connection in a room that say the same. */
export const typingMilliseconds = 1_000;

export type Verdict = "taken" | "refused" | "exhausted";

/** Frames that a connection may send: `frameBurst` at once, `framesPerSecond` in the long run. */
export class FrameAllowance {
  #tokens: number = socketLimits.frameBurst;
  #refused = 0;
  #at: number;

  constructor(now: number) {
    this.#at = now;
  }

  /** `exhausted`: so many frames were refused that the connection is to be closed. */
  take(now: number): Verdict {
    const earned = ((now - this.#at) * socketLimits.framesPerSecond) / 1_000;
    this.#at = now;
    this.#tokens = Math.min(socketLimits.frameBurst, this.#tokens + Math.max(0, earned));
    // Whoever has been quiet for long enough starts afresh.
    if (this.#tokens === socketLimits.frameBurst) this.#refused = 0;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return "taken";
    }
    this.#refused += 1;
    return this.#refused > socketLimits.refusedFrames ? "exhausted" : "refused";
  }
}
