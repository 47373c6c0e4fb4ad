/** The services as processes of their own, on throw-away stores. */
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { WebSocket } from "ws";
import { type Program, programFile } from "../../support/service-bundles";
import { eventually, freePort, type Stores, startStores } from "../../support/stores";

export { eventually, type Stores };

export interface Service {
  /** Base address of the traffic listener. */
  readonly url: string;
  readonly healthUrl: string;
  readonly metricsUrl: string;
  readonly process: ReturnType<typeof run>;
  /** Sends the signal and waits for the end: the exit code, or undefined when the signal killed it. */
  end(signal?: "SIGTERM" | "SIGKILL"): Promise<number | undefined>;
  output(): string;
}

export interface Platform {
  readonly stores: Stores;
  /** Starts a service and waits until it is ready. */
  start(service: "api" | "ws" | "worker", environment?: Record<string, string>): Promise<Service>;
  /** Runs the migrations to their end. */
  migrate(environment?: Record<string, string>): Promise<{ exitCode: number | undefined; output: string }>;
  /** Runs the operators' program to its end: what it prints, as JSON. */
  operate(...words: string[]): Promise<{ exitCode: number | undefined; answer: unknown }>;
  /** Ends everything. */
  remove(): Promise<void>;
}

/** Stores and, unless told otherwise, their tables. */
export async function startPlatform({ migrated = true } = {}): Promise<Platform> {
  const stores = await startStores();
  const jwtFile = join(stores.directory, "jwt");
  await writeFile(jwtFile, randomBytes(32).toString("hex"));
  const running: Service[] = [];
  const common = {
    PATH: process.env.PATH ?? "",
    POSTGRES_HOST: stores.host,
    POSTGRES_PORT: String(stores.postgresPort),
    POSTGRES_DATABASE: stores.database,
    POSTGRES_USER: stores.user,
    POSTGRES_PASSWORD_FILE: stores.passwordFile,
    REDIS_HOST: stores.host,
    REDIS_PORT: String(stores.redisPort),
    REDIS_PASSWORD_FILE: stores.passwordFile,
    JWT_SECRET_FILE: jwtFile,
    DRAIN_SECONDS: "5",
    STACK: "test",
  };
  const platform: Platform = {
    stores,
    async start(service, environment = {}) {
      const [port, metrics, health] = [await freePort(), await freePort(), await freePort()];
      const ports = { PORT: String(port), METRICS_PORT: String(metrics), HEALTH_PORT: String(health) };
      const child = run(await programFile(service), { ...common, ...ports, ...environment });
      let output = "";
      child.all?.on("data", (chunk: Buffer) => {
        output += chunk.toString();
      });
      const started: Service = {
        url: `http://127.0.0.1:${port}`,
        healthUrl: `http://127.0.0.1:${health}`,
        metricsUrl: `http://127.0.0.1:${metrics}/metrics`,
        process: child,
        output: () => output,
        async end(signal = "SIGTERM") {
          child.kill(signal);
          return (await child).exitCode;
        },
      };
      running.push(started);
      const ended = child.then(({ exitCode }) => {
        throw new Error(`${service} ended with ${exitCode}: ${output}`);
      });
      const ready = eventually(`${service} is ready`, async () => {
        const { status } = await fetch(`${started.healthUrl}/ready`);
        if (status !== 200) throw new Error(`${status}: ${output}`);
      });
      await Promise.race([ready, ended]);
      return started;
    },
    async migrate(environment = {}) {
      const { exitCode, all } = await runService("migrations", { ...common, ...environment });
      return { exitCode, output: String(all) };
    },
    async operate(...words) {
      const { exitCode, stdout } = await run(await programFile("operations"), common, words);
      return { exitCode, answer: JSON.parse(stdout) };
    },
    async remove() {
      await Promise.all(running.map((service) => service.end("SIGKILL")));
      await stores.remove();
    },
  };
  if (migrated) {
    const { exitCode, output } = await platform.migrate();
    if (exitCode !== 0) {
      await platform.remove();
      throw new Error(`the migrations failed: ${output}`);
    }
  }
  return platform;
}

/** Runs a program to its end, with nothing but the given environment. */
export async function runService(program: Program, environment: Record<string, string>) {
  return run(await programFile(program), environment);
}

function run(file: string, environment: Record<string, string>, words: readonly string[] = []) {
  return execa(process.execPath, [file, ...words], {
    env: environment,
    extendEnv: false,
    reject: false,
    all: true,
    // A service ends itself in time, or the test shall see that it does not.
    forceKillAfterDelay: false,
  });
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** A user of the API. */
export interface Caller {
  readonly token: string;
  readonly id: string;
  get(path: string, base?: string): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>, base?: string): Promise<Answer>;
  delete(path: string): Promise<Answer>;
}

async function call(url: string, init: RequestInit): Promise<Answer> {
  // No answer may take longer, whatever is away.
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: JSON.parse(text === "" ? "{}" : text) };
}

/** A new guest who talks to `base`, unless a call names another address. */
export async function guest(base: string, name = "Ada"): Promise<Caller> {
  const json = { "content-type": "application/json" };
  const { body } = await call(`${base}/v1/auth/guest`, {
    method: "POST",
    headers: json,
    body: JSON.stringify({ name }),
  });
  const { token, user } = body as { token: string; user: { id: string } };
  const authorization = { authorization: `Bearer ${token}` };
  return {
    token,
    id: user.id,
    get: (path, at = base) => call(at + path, { headers: authorization }),
    post: (path, content, headers = {}, at = base) =>
      call(at + path, {
        method: "POST",
        headers: { ...json, ...authorization, ...headers },
        body: JSON.stringify(content),
      }),
    delete: (path) => call(base + path, { method: "DELETE", headers: authorization }),
  };
}

export async function createRoom(caller: Caller): Promise<string> {
  return String((await caller.post("/v1/rooms", { name: "Lobby" })).body.id);
}

export type Frame = Record<string, unknown> & { readonly type: string };

/** A connection to a WebSocket server that keeps every frame. */
export class Client {
  readonly frames: Frame[] = [];
  /** Code and reason of the close, once it has happened. */
  closed: { code: number; reason: string } | undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on("message", (data) => this.frames.push(JSON.parse(String(data))));
    socket.on("close", (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
    socket.on("error", () => undefined);
  }

  static async open(server: Service, path = "/ws"): Promise<Client> {
    const client = new Client(new WebSocket(`${server.url.replace("http", "ws")}${path}`));
    await new Promise<void>((resolve, reject) => client.socket.once("open", resolve).once("error", reject));
    return client;
  }

  /** Opens, authenticates and joins. */
  static async join(server: Service, { token }: Caller, ...rooms: string[]): Promise<Client> {
    const client = await Client.open(server);
    client.send({ type: "auth", token });
    for (const room of rooms) client.send({ type: "join", room });
    await client.until((frames) => frames.filter(({ type }) => type === "joined").length === rooms.length);
    await client.until((frames) => frames.some(({ type }) => type === "welcome"));
    return client;
  }

  send(frame: unknown): void {
    this.socket.send(JSON.stringify(frame));
  }

  of(type: string): Frame[] {
    return this.frames.filter((frame) => frame.type === type);
  }

  /** Waits until the frames received satisfy `enough`; not for those of a connection that is closed. */
  async until(enough: (frames: readonly Frame[]) => boolean, seconds = 20): Promise<void> {
    const got = () => `got ${JSON.stringify(this.frames)}`;
    await eventually(
      "the frames arrive",
      async () => {
        if (!enough(this.frames) && this.closed === undefined) throw new Error(got());
      },
      seconds,
    );
    if (!enough(this.frames)) throw new Error(`closed with ${JSON.stringify(this.closed)}, ${got()}`);
  }

  untilClosed(seconds = 60): Promise<{ code: number; reason: string }> {
    return eventually(
      "the connection closes",
      async () => {
        if (this.closed === undefined) throw new Error("still open");
        return this.closed;
      },
      seconds,
    );
  }
}
