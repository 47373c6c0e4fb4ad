/** What a test and the process of its load say to each other. */
import type { Latency } from "./latency";
import type { ClientClose } from "./socket-clients";
import type { Failure } from "./steady-requests";

export interface LoadOptions {
  /** `https://<host>:<port>` of the API. */
  readonly api: string;
  /** `wss://<host>:<port>/<path>` of the WebSocket server. */
  readonly sockets: string;
  /** File with the certificate of the authority that signs the server's. */
  readonly caPath: string;
  /** Address that every name stands for. */
  readonly address: string;
  readonly requestsPerSecond: number;
  /** Connections of HTTP requests. */
  readonly connections: number;
  readonly clients: number;
  readonly clientsPerRoom: number;
  /** Milliseconds between two messages of a client. */
  readonly messageInterval: number;
}

/** What came of a span of time. */
export interface Span {
  readonly answered: number;
  readonly failures: readonly Failure[];
  /** Ends of WebSocket connections. */
  readonly closes: readonly ClientClose[];
  readonly latency: Latency;
}

export interface Outcome {
  /** Requests that were answered, and those that repeated a failed POST. */
  readonly answered: number;
  readonly repeated: number;
  /** Messages of the WebSocket clients. */
  readonly messages: number;
  /** What was lost, doubled or out of order. */
  readonly problems: readonly string[];
}

export type Question =
  | { readonly ask: "start"; readonly options: LoadOptions }
  /** Milliseconds since 1970. */
  | { readonly ask: "span"; readonly from: number; readonly to: number }
  /** Clients that follow their room now. */
  | { readonly ask: "joined" }
  | { readonly ask: "stop" };

export type Reply = { readonly result: unknown } | { readonly error: string };
