/** The processes of a measurement: the bundled services as they are deployed, and what they are compared with. */
import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import pg from "pg";
import { bundle } from "../../components/images/bundle";
import { programFile } from "../../tests/support/service-bundles";
import { eventually, freePort, type Stores, startStores } from "../../tests/support/stores";

const root = resolve(import.meta.dirname, "../..");

export interface Running {
  readonly pid: number;
  /** Base address of its listener. */
  readonly url: string;
  /** Asks the process something and waits for its answer. */
  ask<Answer>(question: unknown): Promise<Answer>;
  end(): Promise<void>;
}

export interface Deployment {
  readonly stores: Stores;
  /** Starts a bundled service and waits until it is ready. */
  service(name: "api" | "ws" | "worker", environment?: Record<string, string>): Promise<Running>;
  /** Starts a program of this folder with the services' environment; it listens once it says so. */
  program(path: string, environment?: Record<string, string>): Promise<Running>;
  sql(statement: string, values: readonly unknown[]): Promise<void>;
  /** Ends everything. */
  remove(): Promise<void>;
}

export interface DeploymentOptions {
  /** Folder for a CPU profile of each service; none is made when it is left out. */
  readonly profiles?: string | undefined;
}

/** Stores with the services' tables, as durable as in production. */
export async function startDeployment({ profiles }: DeploymentOptions): Promise<Deployment> {
  const stores = await startStores({ durable: true });
  const jwtFile = join(stores.directory, "jwt");
  await writeFile(jwtFile, randomBytes(32).toString("hex"));
  const running: Running[] = [];
  const common = {
    PATH: process.env.PATH ?? "",
    NODE_ENV: "production",
    // As services reach them in a deployment: the published ports' proxy would take a part of the processor.
    POSTGRES_HOST: await stores.address("postgres"),
    POSTGRES_PORT: "5432",
    POSTGRES_DATABASE: stores.database,
    POSTGRES_USER: stores.user,
    POSTGRES_PASSWORD_FILE: stores.passwordFile,
    REDIS_HOST: await stores.address("redis"),
    REDIS_PORT: "6379",
    REDIS_PASSWORD_FILE: stores.passwordFile,
    JWT_SECRET_FILE: jwtFile,
    STACK: "bench",
    DRAIN_SECONDS: "1",
    // Each request is counted against a limit, which none reaches.
    RATE_LIMIT_USER: "100000000",
    RATE_LIMIT_ADDRESS: "100000000",
  };
  const start = async (file: string, environment: Record<string, string>): Promise<Running> => {
    const [port, metrics, health] = [await freePort(), await freePort(), await freePort()];
    const ports = { PORT: String(port), METRICS_PORT: String(metrics), HEALTH_PORT: String(health) };
    const child = fork(file, {
      env: { ...common, ...ports, ...environment },
      execArgv: profiles === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profiles}`],
      // Logs are written, as in production, and read by nobody.
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const ended = new Promise<void>((done) => child.once("exit", () => done()));
    const made: Running = {
      pid: child.pid ?? 0,
      url: `http://127.0.0.1:${port}`,
      ask: (question) =>
        new Promise((answered, failed) => {
          const gone = (): void => failed(new Error(`${file} ended`));
          child.once("exit", gone);
          child.once("message", (answer) => {
            child.off("exit", gone);
            answered(answer as never);
          });
          child.send(question as object);
        }),
      async end() {
        child.kill("SIGTERM");
        await ended;
      },
    };
    running.push(made);
    return made;
  };
  const bundled = async (name: string, entry: string) =>
    join(
      (await bundle({ name: `bench-${name}`, entries: { main: entry }, folders: {} }, "node", root))
        .directory,
      "app/main.cjs",
    );

  const deployment: Deployment = {
    stores,
    async service(name, environment = {}) {
      const health = String(await freePort());
      const service = await start(await programFile(name), {
        ...environment,
        HEALTH_PORT: health,
      });
      await eventually(`${name} is ready`, async () => {
        const { status } = await fetch(`http://127.0.0.1:${health}/ready`);
        if (status !== 200) throw new Error(String(status));
      });
      return service;
    },
    async program(path, environment = {}) {
      const program = await start(
        await bundled(path.replaceAll("/", "-"), `bench/services/${path}.ts`),
        environment,
      );
      await program.ask({ type: "are you there?" });
      return program;
    },
    async sql(statement, values) {
      const { host, postgresPort: port, database, user, password } = stores;
      const client = new pg.Client({ host, port, database, user, password });
      await client.connect();
      try {
        await client.query(statement, [...values]);
      } finally {
        await client.end();
      }
    },
    async remove() {
      await Promise.all(running.map((process) => process.end()));
      await stores.remove();
    },
  };
  try {
    await migrate(await programFile("migrations"), common);
    return deployment;
  } catch (error) {
    await deployment.remove();
    throw error;
  }
}

function migrate(file: string, env: Record<string, string>): Promise<void> {
  return new Promise((done, failed) => {
    const child = fork(file, { env, stdio: ["ignore", "ignore", "inherit", "ipc"] });
    child.once("exit", (code) => (code === 0 ? done() : failed(new Error("the migrations failed"))));
  });
}

/** Bytes of memory that a process holds. */
export function residentBytes(pid: number): number {
  return 1_024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}

/** Seconds of processor time that a process has used. */
export function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  // utime and stime, in ticks of a hundredth of a second.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
