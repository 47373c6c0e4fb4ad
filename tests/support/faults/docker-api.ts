/** Docker's API behind a server of the test's own, which answers some requests with an error instead. */
import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { docker } from "../backline";

/** What the server says instead of Docker; undefined passes the request on. */
export type Refuse = (method: string, path: string) => { status: number; message: string } | undefined;

export interface DockerApi {
  /** For DOCKER_HOST. */
  readonly endpoint: string;
  close(): void;
}

export async function startDockerApi(refuse: Refuse): Promise<DockerApi> {
  const context = await docker("context", "inspect", "--format", "{{.Endpoints.docker.Host}}");
  const daemon = context.replace(/^unix:\/\//, "");
  const folder = mkdtempSync(join(tmpdir(), "backline-docker-api-"));
  const path = join(folder, "docker.sock");
  const server = http.createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    const refusal = refuse(method, url);
    if (refusal !== undefined) {
      request.resume();
      response.writeHead(refusal.status, { "content-type": "application/json" });
      response.end(JSON.stringify({ message: refusal.message }));
      return;
    }
    const passed = http.request({ socketPath: daemon, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      // A stream's first line must not wait for its second.
      response.flushHeaders();
      answer.pipe(response);
    });
    passed.on("error", () => response.destroy());
    response.on("close", () => passed.destroy());
    request.pipe(passed);
  });
  // What `docker exec` and a build do: the connection becomes a stream of its own.
  server.on("upgrade", ({ method, url, rawHeaders }, client, head) => {
    const behind = connect(daemon);
    const lines = rawHeaders.flatMap((name, index) =>
      index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : [],
    );
    behind.write(`${method} ${url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
    behind.write(head);
    behind.pipe(client).pipe(behind);
    behind.on("error", () => client.destroy());
    client.on("error", () => behind.destroy());
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    endpoint: `unix://${path}`,
    close() {
      server.close();
      server.closeAllConnections();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
