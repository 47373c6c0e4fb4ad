/** A platform whose jobs are tested: an API, a WebSocket server, and workers that end with their test. */
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { type Answer, type Caller, eventually, type Platform, type Service, startPlatform } from "./harness";

export interface JobPlatform {
  readonly platform: Platform;
  readonly api: Service;
  readonly server: Service;
  startWorker(environment?: Record<string, string>): Promise<Service>;
}

/** Starts one for the tests of a file. */
export function useJobPlatform(): JobPlatform {
  let platform: Platform;
  let api: Service;
  let server: Service;
  const workers: Service[] = [];
  beforeAll(async () => {
    platform = await startPlatform();
    [api, server] = await Promise.all([platform.start("api"), platform.start("ws")]);
  }, 90_000);
  // One that a failed test leaves behind would do the work of the next.
  afterEach(async () => {
    for (const worker of workers.splice(0)) await worker.end("SIGKILL");
  });
  afterAll(() => platform?.remove());
  return {
    get platform() {
      return platform;
    },
    get api() {
      return api;
    },
    get server() {
      return server;
    },
    async startWorker(environment) {
      const worker = await platform.start("worker", environment);
      workers.push(worker);
      return worker;
    },
  };
}

export async function enqueue(
  caller: Caller,
  kind: string,
  input: object,
  priority?: string,
): Promise<string> {
  const { status, body } = await caller.post("/v1/jobs", { kind, input, priority });
  expect(status).toBe(202);
  return String(body.id);
}

export const untilState = (caller: Caller, id: string, state: string): Promise<Answer["body"]> =>
  eventually(`the job is ${state}`, async () => {
    const { body } = await caller.get(`/v1/jobs/${id}`);
    if (body.state !== state) throw new Error(JSON.stringify(body));
    return body;
  });

export const cancel = (caller: Caller, id: string): Promise<Answer> =>
  caller.post(`/v1/jobs/${id}/cancel`, {});
