import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import type { ContractTarget } from "../target";

export interface Forwarder {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Headers that belong to one connection, and Host, which is the platform's own. */
const ownHeaders = new Set(["host", "connection", "keep-alive", "transfer-encoding", "upgrade"]);

/**
 * Plain HTTP on this machine that hands every request to the platform, over TLS under its own name: programs that
 * know neither its certificate nor its address can use it. The token is added here, so that it is in nobody's arguments.
 */
export async function startForwarder(
  target: ContractTarget,
  token: (path: string) => Promise<string>,
): Promise<Forwarder> {
  const { protocol, hostname, port, host } = new URL(target.api);
  const secure = protocol === "https:";
  const agentOptions = { ...target.client().connection, keepAlive: true };
  const agent = secure ? new https.Agent(agentOptions) : new http.Agent(agentOptions);
  const server = http.createServer((request, response) => {
    const headers: Record<string, string | string[]> = { host };
    for (const [name, values] of Object.entries(request.headersDistinct))
      if (values !== undefined && !ownHeaders.has(name))
        headers[name] = values.length === 1 ? values.join() : values;
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      const { method = "GET", url: path = "/" } = request;
      const fail = (error: Error) => {
        if (!response.headersSent) response.writeHead(599, { "content-type": "text/plain" });
        response.end(error.message);
      };
      try {
        headers.authorization ??= `Bearer ${await token(path)}`;
        const upstream = (secure ? https : http).request(
          { protocol, hostname, port, method, path, headers, agent },
          (answer) => {
            const { "transfer-encoding": _chunked, connection: _connection, ...kept } = answer.headers;
            response.writeHead(answer.statusCode ?? 599, kept);
            answer.pipe(response);
          },
        );
        upstream.on("error", fail);
        upstream.end(Buffer.concat(chunks));
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${own}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        agent.destroy();
      }),
  };
}
