import { StringDecoder } from "node:string_decoder";
import type { Logging } from "./inputs";

/** Takes one line of output while the command runs. */
export type LineSink = (line: string) => void;

/** Collects a command's output: per stream for the resource, together for an error, line by line for the log. */
export class OutputCapture {
  #together = "";
  readonly #streams: Record<"stdout" | "stderr", Stream>;

  /**
   * @param logging Which streams go to the log. Default: both.
   * @param log Receives complete lines of those streams.
   */
  constructor(logging: Logging | undefined, log: LineSink) {
    const logged = (stream: "stdout" | "stderr"): LineSink | undefined =>
      logging === undefined || logging === "stdoutAndStderr" || logging === stream ? log : undefined;
    this.#streams = { stdout: new Stream(logged("stdout")), stderr: new Stream(logged("stderr")) };
  }

  write(stream: "stdout" | "stderr", chunk: Buffer): void {
    this.#together += this.#streams[stream].write(chunk);
  }

  /** Hands a last line without a line break to the log. */
  end(): void {
    this.#together += this.#streams.stdout.end() + this.#streams.stderr.end();
  }

  /** Both streams in the order of arrival. */
  get together(): string {
    return this.#together;
  }

  /** What a resource keeps: each stream without its last line break. */
  get outputs(): { stdout: string; stderr: string } {
    return {
      stdout: this.#streams.stdout.text.replace(/\n$/, ""),
      stderr: this.#streams.stderr.text.replace(/\n$/, ""),
    };
  }
}

/** One stream of text: characters that arrive in two pieces are put together. */
class Stream {
  readonly #decoder = new StringDecoder("utf8");
  readonly #log: LineSink | undefined;
  #rest = "";
  text = "";

  constructor(log: LineSink | undefined) {
    this.#log = log;
  }

  write(chunk: Buffer): string {
    return this.#take(this.#decoder.write(chunk));
  }

  end(): string {
    const last = this.#take(this.#decoder.end());
    if (this.#rest !== "") {
      this.#log?.(this.#rest);
    }
    this.#rest = "";
    return last;
  }

  #take(text: string): string {
    this.text += text;
    if (this.#log !== undefined) {
      const lines = (this.#rest + text).split("\n");
      this.#rest = lines.pop() ?? "";
      for (const line of lines) {
        this.#log(line.replace(/\r$/, ""));
      }
    }
    return text;
  }
}
