import { hostname } from "node:os";
import { type DestinationStream, type Logger, pino } from "pino";

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

const secrets = ["token", "password", "secret", "authorization", "cookie"];

/** JSON lines with time, level, service, instance, stack and version. Fields that hold secrets are blanked. */
export function createLog({ service, level, stack, version, destination }: LogOptions): Logger {
  const options = {
    level,
    base: { service, instance, stack, version },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      // The Redis client attaches the failed command to its error: with AUTH and HELLO that is the password.
      paths: [
        ...secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        "err.command.args",
        "err.*.command.args",
      ],
      censor: "[redacted]",
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

export type { Logger };
