import { expect } from "vitest";
import { imageVersion } from "../../../components/shared/names";
import type { Outcome, Span } from "../load/protocol";
import { LoadedStack } from "./loaded-stack";
import { type Deploy, RolloutStack } from "./stack";

/** WebSocket clients of the load. */
export const clients = 200;

/** Seconds that a new replica of the API has to become ready, where bad releases have to be found out soon. */
export const startTimeout = 12;

/** Seconds that an update may take beside that: the engine, the build of an image, the start of its container. */
const overhead = 90;

const impatient = ["backline:services:", "  api:", `    startTimeout: ${startTimeout}s`];

/** A stack of its own, on ports of its own, and the load on it. */
export class RolloutRig extends LoadedStack {
  readonly socketServer: string;

  /** With further lines of the stack's file, below `config:`. */
  constructor(settings: readonly string[] = impatient) {
    super(new RolloutStack({ stack: "e2e-rollout", httpPort: 28080, httpsPort: 28443, settings }), {
      ...{ requestsPerSecond: 200, connections: 20 },
      ...{ clients, clientsPerRoom: 20, messageInterval: 4_000 },
    });
    this.socketServer = this.stack.api.replace("api.", "studio.");
  }

  async deployWell(what: string): Promise<Deploy> {
    const deploy = await this.stack.deploy();
    expect(deploy, `${deploy.stdout}\n${deploy.stderr}`).toMatchObject({ exitCode: 0 });
    report(what, deploy, await this.load.span(deploy.began, deploy.ended));
    return deploy;
  }

  /** A deploy that is refused in time with a reason, while all is answered. */
  async deployBadly(what: string, reason: RegExp): Promise<void> {
    const deploy = await this.stack.deploy();
    expect(deploy).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(reason) });
    // The update ends by itself: this is the limit of the promise, not what it takes.
    expect(deploy.ended - deploy.began).toBeLessThan((startTimeout + overhead) * 1_000);
    const span = await this.load.span(deploy.began, deploy.ended);
    report(what, deploy, span);
    expect(span).toMatchObject({ failures: [], closes: [] });
  }

  /** The version of the service that answers a URL's requests. */
  async versionAt(url: string): Promise<string> {
    const { status, body } = await this.client.request(`${url}/health`);
    expect(status).toBe(200);
    return imageVersion(String(Object(body).version));
  }
}

/** For reading: what a test saw, where BACKLINE_FAULT_REPORT asks for it. */
export function report(what: string, { began, ended }: Pick<Deploy, "began" | "ended">, span: Span): void {
  if (process.env.BACKLINE_FAULT_REPORT === undefined) return;
  const codes: Record<string, number> = {};
  for (const { code } of span.closes) codes[code] = (codes[code] ?? 0) + 1;
  const { median, p99, most } = span.latency;
  const milliseconds = [median, p99, most].map((value) => value.toFixed(0)).join(" / ");
  process.stderr.write(
    `${what}: ${((ended - began) / 1000).toFixed(1)} s, ${span.answered} answered, ${span.failures.length} failed, closes ${JSON.stringify(codes)}, median / p99 / most ${milliseconds} ms\n`,
  );
}

export function reportOutcome(outcome: Outcome): void {
  if (process.env.BACKLINE_FAULT_REPORT !== undefined) process.stderr.write(`${JSON.stringify(outcome)}\n`);
}
