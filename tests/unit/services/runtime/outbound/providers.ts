/** Providers on the loopback interface that fail in every way, and a client of them. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate } from "node:timers/promises";
import { Registry } from "prom-client";
import { createOutboundClient } from "../../../../../services/runtime/outbound/client";
import { createOutboundHttp, type HttpLimits } from "../../../../../services/runtime/outbound/http";
import { outboundMetrics } from "../../../../../services/runtime/outbound/metrics";
import type { PolicyOptions } from "../../../../../services/runtime/outbound/provider";

export type Behaviour = (response: ServerResponse, request: IncomingMessage) => void;

/** Part of every URL, as a key would be: it may appear nowhere. */
export const key = "K3Y-1N-THE-URL";

export const answers =
  (body: string, status = 200, headers: Record<string, string> = {}): Behaviour =>
  (response) =>
    response.writeHead(status, headers).end(body);

export const hangs: Behaviour = () => undefined;

export class FakeProvider {
  readonly #server: Server;
  requests = 0;
  /** Methods and bodies of the requests. */
  readonly bodies: string[] = [];

  private constructor(public behaviour: Behaviour) {
    this.#server = createServer((request, response) => {
      this.requests += 1;
      let body = "";
      request.on("data", (chunk) => {
        body += String(chunk);
      });
      request.on("end", () => {
        this.bodies.push(body);
        this.behaviour(response, request);
      });
    });
  }

  static async start(behaviour: Behaviour): Promise<FakeProvider> {
    const provider = new FakeProvider(behaviour);
    await new Promise<void>((resolve) => provider.#server.listen(0, "127.0.0.1", () => resolve()));
    return provider;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v2/${key}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}

/** Waits for what real sockets bring about while timers stand still. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 200_000; turn += 1) {
    if (await condition()) return;
    await setImmediate();
  }
  throw new Error("it did not come about");
}

export function clientOf(
  urls: readonly string[],
  policy: Partial<PolicyOptions> = {},
  limits: HttpLimits = {},
) {
  const registry = new Registry();
  const http = createOutboundHttp(limits);
  const metrics = outboundMetrics(registry);
  const client = createOutboundClient({ name: "test", urls, http, metrics, policy });
  const call = (options: { repeatable?: boolean; signal?: AbortSignal } = {}) =>
    client.call({
      request: { method: "POST", body: "{}" },
      read: ({ status, body }) => `${status} ${body}`,
      repeatable: options.repeatable ?? true,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  return { call, client, http, metrics, registry };
}

/** The values of a metric by its labels' values. */
export async function samples(registry: Registry, name: string): Promise<Record<string, number>> {
  const text = await registry.getSingleMetricAsString(name);
  const lines = [...text.matchAll(/^(\w+)\{(.*)\} (\S+)$/gm)];
  return Object.fromEntries(
    lines
      .filter(([, metric]) => metric === name || metric === `${name}_count`)
      .map(([, , labels = "", value]) => [
        [...labels.matchAll(/(\w+)="([^"]*)"/g)]
          .filter(([, label]) => label !== "client")
          .map(([, , text]) => text)
          .join(" "),
        Number(value),
      ]),
  );
}
