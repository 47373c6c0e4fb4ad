import { hostname } from "node:os";
import { type DestinationStream, type Logger, pino } from "pino";
import { blankTexts, errorSecrets, withoutSecrets } from "./redaction";

/** This process' name among its replicas: the container's host name. */
export const instance = hostname();

export interface LogOptions {
  readonly service: string;
  readonly level: string;
  readonly stack: string;
  readonly version: string;
  /** Where lines go; standard output when left out. */
  readonly destination?: DestinationStream;
}

/** JSON lines with time, level, service, instance, stack and version. Fields that hold secrets are blanked. */
export function createLog({ service, level, stack, version, destination }: LogOptions): Logger {
  const options = {
    level,
    base: { service, instance, stack, version },
    timestamp,
    formatters: { level: (label: string) => ({ level: label }), log: withoutSecrets },
    serializers: {
      err: (error: Error) => withoutSecrets({ ...pino.stdSerializers.err(error) }, errorSecrets),
    },
    hooks: { streamWrite: blankTexts },
  };
  if (destination !== undefined) return pino(options, destination);
  const output = gatheredOutput();
  const urgent = pino.levels.values.warn ?? 0;
  return pino(
    {
      ...options,
      hooks: {
        ...options.hooks,
        logMethod(line, method, level) {
          method.apply(this, line);
          // A process that is about to be killed has said why.
          if (level >= urgent) output.flushSync();
        },
      },
    },
    output,
  );
}

let stamped = 0;
let stamp = "";

/** Many lines have the same millisecond, whose text is made once. */
function timestamp(): string {
  const now = Date.now();
  if (now !== stamped) {
    stamped = now;
    stamp = `,"time":"${new Date(now).toISOString()}"`;
  }
  return stamp;
}

/** Bytes of lines that are written together, and milliseconds after which fewer are. */
const gatheredBytes = 4_096;
const gatherMilliseconds = 100;

/**
 * Standard output in few writes: one for each line costs more than the line. Warnings and errors are written at once, with
 * what is before them, and the end of the process writes the rest.
 */
function gatheredOutput() {
  const output = pino.destination({
    fd: 1,
    sync: true,
    minLength: gatheredBytes,
    periodicFlush: gatherMilliseconds,
  });
  process.on("exit", () => output.flushSync());
  return output;
}

export type { Logger };
