import { closeCodes } from "../contract/frames";
import { sleep } from "../runtime/time";
import { silentConnections } from "./limits";
import { type ClientSocket, Session, type SessionDependencies } from "./session";

/** Milliseconds between two closes of a drain at most: few clients need not wait, many are spread over the drain. */
const closeInterval = 50;

/** All connections of the process, without a listener. */
export class SocketApp {
  readonly #sessions = new Set<Session>();
  /** Those that have not sent a token yet, the oldest first. */
  readonly #silent = new Set<Session>();
  readonly #spoke = (session: Session): void => void this.#silent.delete(session);

  constructor(private readonly dependencies: SessionDependencies) {}

  /**
   * Takes a new connection. The caller forwards the socket's events, and calls `release` when it is closed. `token`:
   * came with the connection.
   */
  accept(socket: ClientSocket, token?: string): Session {
    const session = new Session(socket, this.dependencies, this.#spoke);
    this.#sessions.add(session);
    this.#silent.add(session);
    this.dependencies.metrics.connections.set(this.#sessions.size);
    if (token !== undefined) void session.present(token);
    for (const oldest of this.#silent) {
      if (this.#silent.size <= silentConnections) break;
      this.#silent.delete(oldest);
      oldest.close(closeCodes.authenticationTimeout, "too many connections wait for their auth frame");
    }
    return session;
  }

  release(session: Session, code: number): void {
    session.closed();
    this.#silent.delete(session);
    this.#sessions.delete(session);
    this.dependencies.metrics.connections.set(this.#sessions.size);
    this.dependencies.metrics.closed.inc({ code: String(code) });
  }

  /** Called every second: time-outs, expired tokens, heartbeats. */
  tick(): void {
    const now = Date.now();
    for (const session of this.#sessions) session.tick(now);
  }

  /** Closes the connections of a session that was ended. */
  endSession(sessionId: string): void {
    for (const session of this.#sessions)
      if (session.sessionId === sessionId) session.close(closeCodes.unauthorized, "the session has ended");
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
