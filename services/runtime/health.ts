import type { Health, Ready } from "../contract/health";
import { instance } from "./log";
import { within } from "./time";

/** Milliseconds that one readiness check may take. */
const checkMilliseconds = 1_000;

/** Something the process needs: `run` rejects when it is not there. */
export interface Check {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

export interface HealthOptions {
  readonly service: string;
  readonly version: string;
  readonly checks: readonly Check[];
}

/** What GET /health and GET /ready answer, on every listener of the process. */
export class HealthReporter {
  #draining = false;
  #running: Promise<Ready> | undefined;

  constructor(readonly options: HealthOptions) {}

  /** From now on the process is not ready. */
  drain(): void {
    this.#draining = true;
  }

  live(): Health {
    const { service, version } = this.options;
    return { status: "ok", service, version, instance, uptimeSeconds: Math.round(process.uptime()) };
  }

  /** Runs every check at once; callers that come meanwhile share the answer. */
  ready(): Promise<Ready> {
    this.#running ??= this.#check().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #check(): Promise<Ready> {
    const { service, checks } = this.options;
    const results = await Promise.all(
      checks.map(async (check) => [check.name, await outcome(check)] as const),
    );
    const failing = results.filter(([, result]) => result !== "ok").map(([name]) => name);
    const status = this.#draining ? "draining" : failing.length === 0 ? "ready" : "unavailable";
    return { status, service, instance, failing, checks: Object.fromEntries(results) };
  }
}

async function outcome(check: Check): Promise<string> {
  try {
    await within(checkMilliseconds, check.run(), `did not answer within ${checkMilliseconds} ms`);
    return "ok";
  } catch (error) {
    return error instanceof Error && error.message.startsWith("did not answer")
      ? error.message
      : "does not answer";
  }
}
