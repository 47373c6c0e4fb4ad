import { closeCodes } from "../contract/frames";
import { sleep } from "../runtime/time";
import { type ClientSocket, Session, type SessionDependencies } from "./session";

/** Milliseconds between two closes of a drain at most: few clients need not wait, many are spread over the drain. */
const closeInterval = 50;

/** All connections of the process, without a listener. */
export class SocketApp {
  readonly #sessions = new Set<Session>();

  constructor(private readonly dependencies: SessionDependencies) {}

  /** Takes a new connection. The caller forwards the socket's events, and calls `release` when it is closed. */
  accept(socket: ClientSocket): Session {
    const session = new Session(socket, this.dependencies);
    this.#sessions.add(session);
    this.dependencies.metrics.connections.set(this.#sessions.size);
    return session;
  }

  release(session: Session, code: number): void {
    session.closed();
    this.#sessions.delete(session);
    this.dependencies.metrics.connections.set(this.#sessions.size);
    this.dependencies.metrics.closed.inc({ code: String(code) });
  }

  heartbeat(): void {
    for (const session of this.#sessions) session.heartbeat();
  }

  get size(): number {
    return this.#sessions.size;
  }

  /**
   * Asks every client to reconnect (1012), spread over `milliseconds` so that they do not all reconnect at once, and
   * cuts the connections that are left then.
   */
  async drain(milliseconds: number): Promise<void> {
    const deadline = Date.now() + milliseconds;
    const sessions = [...this.#sessions];
    const interval = Math.min(closeInterval, (milliseconds * 0.8) / Math.max(1, sessions.length));
    let due = Date.now();
    for (const session of sessions) {
      session.close(closeCodes.serviceRestart, "the server restarts; reconnect and resume");
      due += interval;
      if (due > Date.now()) await sleep(due - Date.now());
    }
    while (this.#sessions.size > 0 && Date.now() < deadline) await sleep(20);
    for (const session of this.#sessions) session.terminate();
  }
}
