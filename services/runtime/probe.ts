/** `node probe.cjs live|ready`: the health check of a container. Exits 0 when the process answers 200, otherwise 1. */
import { get } from "node:http";
import { environment, paths } from "../contract/environment";

const milliseconds = 3_000;

function probe(what: string): void {
  const path = what === "live" ? paths.health : what === "ready" ? paths.ready : undefined;
  if (path === undefined) {
    end(1, "usage: probe live|ready");
    return;
  }
  const port = process.env.HEALTH_PORT || environment.HEALTH_PORT.default;
  const request = get({ host: "127.0.0.1", port, path }, (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("end", () => {
      if (response.statusCode === 200) return end(0);
      end(1, `${path} answered ${response.statusCode}: ${Buffer.concat(chunks).toString("utf8")}`);
    });
    response.on("error", (error) => end(1, `${path} broke off: ${error.message}`));
  });
  request.on("error", (error) => end(1, `${path} on port ${port} failed: ${error.message}`));
  setTimeout(() => end(1, `${path} on port ${port} did not answer within ${milliseconds} ms`), milliseconds);
}

function end(code: number, message?: string): void {
  if (message !== undefined) process.stdout.write(`${message}\n`);
  process.exitCode = code;
  setImmediate(() => process.exit());
}

probe(process.argv[2] ?? "");
