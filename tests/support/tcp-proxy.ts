/** A TCP proxy between a process and a store that can be cut, refused, slowed down and frozen. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export interface TcpProxy {
  /** Port of 127.0.0.1 that clients connect to. It stays the same. */
  readonly port: number;
  /** Everything passes, what was held back first. */
  pass(): Promise<void>;
  /** Every chunk arrives `milliseconds` after it was sent, in either direction. Connections are taken at once. */
  delay(milliseconds: number): Promise<void>;
  /** Open connections stay open and new ones are taken, but nothing arrives until `pass`. */
  freeze(): void;
  /** Breaks the open connections; new ones are taken. */
  cut(): void;
  /** Breaks the open connections and refuses new ones until `pass` or `delay`. */
  refuse(): Promise<void>;
  close(): Promise<void>;
}

/** What decides about the chunks of all connections. */
interface Conditions {
  frozen: boolean;
  /** Milliseconds. */
  latency: number;
}

export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const conditions: Conditions = { frozen: false, latency: 0 };
  const connections = new Set<Connection>();
  const accept = (client: Socket): void => {
    const connection = new Connection(client, connect(target.port, target.host), conditions);
    connections.add(connection);
    client.once("close", () => connections.delete(connection));
  };
  const listen = (port: number): Promise<Server> =>
    new Promise((resolve, reject) => {
      const listener = createServer({ allowHalfOpen: true, noDelay: true }, accept);
      listener.once("error", reject);
      listener.listen(port, "127.0.0.1", () => resolve(listener));
    });

  let server: Server | undefined = await listen(0);
  const { port } = server.address() as AddressInfo;
  const set = async (change: Partial<Conditions>): Promise<void> => {
    Object.assign(conditions, change);
    for (const connection of connections) connection.flush();
    server ??= await listen(port);
  };
  const cut = (): void => {
    for (const connection of connections) connection.destroy();
  };
  const refuse = async (): Promise<void> => {
    const listener = server;
    server = undefined;
    const closed = new Promise<void>((resolve) => {
      if (listener === undefined) resolve();
      else listener.close(() => resolve());
    });
    cut();
    await closed;
  };
  return {
    port,
    pass: () => set({ frozen: false, latency: 0 }),
    delay: (milliseconds) => set({ frozen: false, latency: milliseconds }),
    freeze: () => {
      conditions.frozen = true;
    },
    cut,
    refuse,
    close: refuse,
  };
}

/** A client's connection and the one that is made to the store for it. */
class Connection {
  readonly #directions: readonly Direction[];

  constructor(
    private readonly client: Socket,
    private readonly upstream: Socket,
    conditions: Conditions,
  ) {
    upstream.setNoDelay(true);
    this.#directions = [
      new Direction(client, upstream, conditions),
      new Direction(upstream, client, conditions),
    ];
    for (const socket of [client, upstream]) {
      socket.on("error", () => this.destroy());
      socket.on("close", () => this.destroy());
    }
  }

  flush(): void {
    for (const direction of this.#directions) direction.flush();
  }

  destroy(): void {
    for (const direction of this.#directions) direction.end();
    this.client.destroy();
    this.upstream.destroy();
  }
}

/** Passes on in order, each chunk when it is due; `undefined` is the end of the stream. */
class Direction {
  readonly #held: { readonly chunk: Buffer | undefined; readonly due: number }[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(
    from: Socket,
    private readonly to: Socket,
    private readonly conditions: Conditions,
  ) {
    from.on("data", (chunk: Buffer) => this.#hold(chunk));
    from.on("end", () => this.#hold(undefined));
  }

  #hold(chunk: Buffer | undefined): void {
    this.#held.push({ chunk, due: Date.now() + this.conditions.latency });
    if (this.#timer === undefined) this.flush();
  }

  flush(): void {
    this.end();
    while (!this.conditions.frozen) {
      const next = this.#held[0];
      if (next === undefined) return;
      const wait = next.due - Date.now();
      if (wait > 0) {
        this.#timer = setTimeout(() => this.flush(), wait);
        return;
      }
      this.#held.shift();
      if (next.chunk === undefined) this.to.end();
      else this.to.write(next.chunk);
    }
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
