/** The small HTTP listeners beside the traffic: health and metrics. */
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { Registry } from "prom-client";
import { paths } from "../contract/environment";
import { Problem, problemMediaType } from "../contract/problems";
import type { HealthReporter } from "./health";

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type: string;
}

type Handler = () => Promise<Answer>;

export const json = (status: number, body: unknown): Answer => ({
  status,
  body: JSON.stringify(body),
  type: "application/json; charset=utf-8",
});

export function problemAnswer(problem: Problem): Answer {
  return { ...json(problem.status, problem.toBody()), type: problemMediaType };
}

/** GET handlers by path; anything else is a problem. A handler that throws is a 500 without its reason. */
export async function answer(
  routes: ReadonlyMap<string, Handler>,
  method: string,
  url: string,
): Promise<Answer> {
  const path = url.split("?", 1)[0] ?? "/";
  const handler = method === "GET" || method === "HEAD" ? routes.get(path) : undefined;
  if (handler === undefined)
    return problemAnswer(new Problem("route_not_found", `There is no ${method} ${path}.`));
  try {
    return await handler();
  } catch {
    return problemAnswer(new Problem("internal_error", "The request could not be answered."));
  }
}

export function write(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body, type }: Answer,
): void {
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) });
  response.end(request.method === "HEAD" ? undefined : body);
}

/** The answer as text, for a socket on which HTTP has not come to an exchange. The connection ends after it. */
export function rawAnswer({ status, body, type }: Answer): string {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Error"}`,
    "connection: close",
    `content-type: ${type}`,
  ];
  return [...head, `content-length: ${Buffer.byteLength(body)}`, "", body].join("\r\n");
}

export function createHttpServer(routes: ReadonlyMap<string, Handler>): Server {
  return createServer((request, response) => {
    void answer(routes, request.method ?? "GET", request.url ?? "/").then((result) =>
      write(request, response, result),
    );
  });
}

/** GET /health and GET /ready. */
export function healthRoutes(health: HealthReporter): Map<string, Handler> {
  return new Map<string, Handler>([
    [paths.health, async () => json(200, health.live())],
    [
      paths.ready,
      async () => {
        const report = await health.ready();
        return json(report.status === "ready" ? 200 : 503, report);
      },
    ],
  ]);
}

/** GET /metrics. */
export function metricsRoutes(registry: Registry): Map<string, Handler> {
  return new Map([
    [
      paths.metrics,
      async () => ({ status: 200, body: await registry.metrics(), type: registry.contentType }),
    ],
  ]);
}

/** Starts listening and tells the port. */
export async function listen(server: Server, port: number, host = "0.0.0.0"): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}

/** Stops listening; connections that are still open are cut. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
