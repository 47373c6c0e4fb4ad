import type { Health, Ready } from "../contract/health";
import { instance, type Logger } from "./log";
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
  /** Is told why a check fails, and when it passes again; the answers themselves do not say why. */
  readonly log?: Pick<Logger, "info" | "warn">;
}

/** What GET /health and GET /ready answer, on every listener of the process. */
export class HealthReporter {
  #draining = false;
  #running: Promise<Ready> | undefined;
  readonly #failing = new Set<string>();

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
      checks.map(async (check) => [check.name, await this.#outcome(check)] as const),
    );
    const failing = results.filter(([, result]) => result !== "ok").map(([name]) => name);
    const status = this.#draining ? "draining" : failing.length === 0 ? "ready" : "unavailable";
    return { status, service, instance, failing, checks: Object.fromEntries(results) };
  }

  async #outcome({ name, run }: Check): Promise<string> {
    const late = `did not answer within ${checkMilliseconds} ms`;
    try {
      await within(checkMilliseconds, run(), late);
      if (this.#failing.delete(name))
        this.options.log?.info({ check: name }, "a readiness check passes again");
      return "ok";
    } catch (error) {
      if (!this.#failing.has(name))
        this.options.log?.warn({ check: name, err: error }, "a readiness check fails");
      this.#failing.add(name);
      return error instanceof Error && error.message === late ? late : "does not answer";
    }
  }
}
