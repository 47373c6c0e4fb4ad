/** Tells what a running task does now; shown with its next heartbeat. */
export type Report = (detail: string) => void;

/** Shows people what long work does, as plain lines that read the same in a terminal and in a CI log. */
export interface Progress {
  /**
   * Runs one task: prints a line when it starts, at each heartbeat while it runs and when it ended. Several may run
   * at once. Rethrows what the task threw.
   */
  task<T>(title: string, run: (report: Report) => Promise<T>): Promise<T>;
  /** Prints one line at once. */
  note(line: string): void;
}

export interface ProgressOptions {
  /** Default: standard error, so that standard output holds results alone. */
  readonly stream?: NodeJS.WritableStream;
  /** Seconds between two lines of a running task. Default 8. */
  readonly heartbeatSeconds?: number;
}

export function createProgress(options: ProgressOptions = {}): Progress {
  const stream = options.stream ?? process.stderr;
  const heartbeat = (options.heartbeatSeconds ?? 8) * 1000;
  const print = (line: string): void => {
    stream.write(`${line}\n`);
  };

  return {
    note: print,
    async task(title, run) {
      const start = performance.now();
      const elapsed = (): string => `${Math.round((performance.now() - start) / 1000)} s`;
      let detail = "";
      print(`start    ${title}`);
      const timer = setInterval(() => {
        print(`running  ${title}, ${elapsed()}${detail === "" ? "" : `: ${detail}`}`);
      }, heartbeat);
      timer.unref();
      try {
        const result = await run((latest) => {
          detail = latest.trim();
        });
        print(`done     ${title}, ${elapsed()}`);
        return result;
      } catch (error) {
        print(`failed   ${title}, ${elapsed()}: ${firstLine(error)}`);
        throw error;
      } finally {
        clearInterval(timer);
      }
    },
  };
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n", 1)[0] ?? "";
}
