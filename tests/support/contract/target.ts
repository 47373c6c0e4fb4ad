import type { Client } from "../client";

/** A running process of the platform. */
export interface ProcessUse {
  readonly name: string;
  /** Bytes of memory that it holds now. */
  readonly bytes: number;
  /** Changes when it is started again. */
  readonly started: string;
}

/** What only somebody inside the platform can see and do. */
export interface Inside {
  /** Runs a statement on the platform's database: one line a row, columns parted by `|`. */
  sql(statement: string): Promise<string>;
  /** Runs a command on the platform's Redis. */
  redis(...command: string[]): Promise<string>;
  /** The key that signs access tokens. */
  tokenKey(): Promise<string>;
  /** The bundled services' processes, and what stands in front of them. */
  processes(): Promise<ProcessUse[]>;
}

/** What a platform offers only where it is configured. */
export interface Offers {
  /** The secret that Stripe would sign with. */
  readonly stripeSecret?: string;
  readonly files?: true;
  /** Names of the chains. */
  readonly chains?: readonly string[];
  /** An origin that browsers may call from. */
  readonly origin?: string;
}

/** A running platform, however it was started. Functions are called when it is up. */
export interface ContractTarget {
  /** URL of the API, without a path. */
  readonly api: string;
  /** URL of the WebSocket server, with its path. */
  readonly sockets: string;
  client(): Client;
  inside(): Inside;
  offers(): Offers;
}
