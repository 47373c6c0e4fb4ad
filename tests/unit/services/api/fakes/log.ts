import { Writable } from "node:stream";
import { createLog, type Logger } from "../../../../../services/runtime/log";

/** A log whose lines can be read. */
export function memoryLog(): { log: Logger; logged: () => Record<string, unknown>[] } {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const log = createLog({ service: "api", level: "debug", stack: "test", version: "0", destination });
  return { log, logged: () => lines.map((line) => JSON.parse(line)) };
}
