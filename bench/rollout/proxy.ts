import { readFileSync } from "node:fs";
import { docker } from "../../tests/support/backline";
import { latency } from "../../tests/support/load/latency";
import type { RolloutStack } from "../../tests/support/rollout/stack";
import type { Measurement } from "../measure";
import { HttpConnection, toBytes } from "../services/load/http-connection";

const connections = 16;

/** Seconds of a run. */
const length = 5;

/** Port of the API in its containers. */
const port = 3000;

interface Driven {
  /** Answers a second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p99: number;
}

/** Sends GET requests over all connections at once, each as soon as the one before is answered. */
async function drive(open: readonly HttpConnection[], host: string): Promise<Driven> {
  const request = toBytes({ method: "GET", path: "/health", headers: {} }, host);
  const samples: { sent: number; milliseconds: number }[] = [];
  const began = performance.now();
  const repeat = async (connection: HttpConnection): Promise<void> => {
    for (let sent = began; sent - began < length * 1_000; ) {
      sent = performance.now();
      const status = await connection.send(request);
      if (status !== 200) throw new Error(`an answer of ${status}`);
      samples.push({ sent, milliseconds: performance.now() - sent });
    }
  };
  await Promise.all(open.map(repeat));
  const { count, p99 } = latency(samples);
  return { rate: (count * 1_000) / (performance.now() - began), p99 };
}

/** Addresses of the API's replicas on the network that the proxy reaches them by. */
async function replicas(stack: RolloutStack): Promise<string[]> {
  const addresses: string[] = [];
  for (const { id } of await stack.containers("api")) {
    const format =
      "{{range $name, $network := .NetworkSettings.Networks}}{{$name}} {{$network.IPAddress}}\n{{end}}";
    const line = (await docker("inspect", "--format", format, id))
      .split("\n")
      .find((text) => /-edge /.test(text));
    addresses.push(`http://${line?.split(" ")[1]}:${port}`);
  }
  return addresses;
}

/** The same requests through the proxy over HTTPS, and at the replicas over plain HTTP, in turn. */
export async function measureProxy(stack: RolloutStack, runs: number): Promise<Measurement[]> {
  const ca = readFileSync((await stack.outputs()).caCertificate);
  const origins = await replicas(stack);
  const through = await Promise.all(
    Array.from({ length: connections }, () => HttpConnection.openSecurely(stack.api, "127.0.0.1", ca)),
  );
  const direct = await Promise.all(
    Array.from({ length: connections }, (_, index) =>
      HttpConnection.open(origins[index % origins.length] ?? ""),
    ),
  );
  const host = new URL(stack.api).host;
  const proxied: Driven[] = [];
  const called: Driven[] = [];
  try {
    // The first of each warms up.
    for (let run = 0; run <= runs; run += 1) {
      const [one, other] = [await drive(through, host), await drive(direct, host)];
      if (run > 0) {
        proxied.push(one);
        called.push(other);
      }
    }
  } finally {
    for (const connection of [...through, ...direct]) connection.close();
  }
  const beside = (figures: (driven: Driven) => number) => ({
    runs: proxied.map(figures),
    beside: { what: "the replicas called directly over HTTP", runs: called.map(figures) },
  });
  return [
    {
      what: `GET /health through the proxy, ${connections} at once`,
      unit: "/s",
      ...beside(({ rate }) => rate),
    },
    { what: "p99 of the same", unit: "ms", ...beside(({ p99 }) => p99) },
  ];
}
