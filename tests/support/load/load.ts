import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { LoadOptions, Outcome, Question, Reply, Span } from "./protocol";

/** A load on a platform, from a process of its own: steady HTTPS requests, and WebSocket clients that talk. */
export class Load {
  #last: Promise<unknown> = Promise.resolve();

  private constructor(private readonly process: ChildProcess) {}

  /** Resolves when all clients follow their room and requests are being sent. */
  static async start(options: LoadOptions): Promise<Load> {
    const child = fork(join(import.meta.dirname, "main.ts"), { execArgv: ["--import", "tsx"] });
    const load = new Load(child);
    try {
      await load.#ask({ ask: "start", options });
      return load;
    } catch (error) {
      load.kill();
      throw error;
    }
  }

  /** What came of the time from `from` to `to`: milliseconds since 1970. */
  span(from: number, to = Number.MAX_SAFE_INTEGER): Promise<Span> {
    return this.#ask({ ask: "span", from, to });
  }

  /** WebSocket clients that follow their room now. */
  joined(): Promise<number> {
    return this.#ask({ ask: "joined" });
  }

  /** Ends the load, waits until all has arrived, and compares what was sent with what is stored. */
  async stop(): Promise<Outcome> {
    const outcome = await this.#ask<Outcome>({ ask: "stop" });
    this.kill();
    return outcome;
  }

  kill(): void {
    this.process.kill("SIGKILL");
  }

  /** One question after the other. */
  #ask<Result>(question: Question): Promise<Result> {
    const asked = this.#last.then(
      () =>
        new Promise<Result>((resolve, reject) => {
          const gone = (code: number | null): void => reject(new Error(`the load has ended with ${code}`));
          if (this.process.exitCode !== null) return gone(this.process.exitCode);
          this.process.once("exit", gone);
          this.process.once("message", (reply: Reply) => {
            this.process.off("exit", gone);
            if ("error" in reply) reject(new Error(reply.error));
            else resolve(reply.result as Result);
          });
          this.process.send(question);
        }),
    );
    this.#last = asked.catch(() => undefined);
    return asked;
  }
}
