/** Throw-away PostgreSQL and Redis containers for integration tests, on free ports of 127.0.0.1. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { Redis } from "ioredis";
import pg from "pg";
import { catalogue } from "../../components/images/catalogue";

const reference = (name: "postgres" | "redis") => `${catalogue[name].repository}:${catalogue[name].tag}`;
const images = { postgres: reference("postgres"), redis: reference("redis") } as const;
export type StoreKind = keyof typeof images;

/** Label of every container that the services' tests start. */
export const testLabel = "backline.test=services";

/** Label that names the machine and the process to which such a container belongs. */
export const ownerLabel = "backline.test.owner";
export const ownerOf = (pid: number): string => `${hostname()}:${pid}`;

export interface Stores {
  readonly host: string;
  readonly postgresPort: number;
  readonly redisPort: number;
  readonly database: string;
  readonly user: string;
  /** Password of both stores, and the file that holds it. */
  readonly password: string;
  readonly passwordFile: string;
  /** A directory that lives as long as the stores, for further files. */
  readonly directory: string;
  /** Address of a store on Docker's network, past the proxy in front of its published port. Linux reaches it. */
  address(kind: StoreKind): Promise<string>;
  /** Freezes a store: connections stay open, nothing answers. */
  pause(kind: StoreKind): Promise<void>;
  unpause(kind: StoreKind): Promise<void>;
  /** Ends a store: connections are refused. Its data stays. */
  stop(kind: StoreKind): Promise<void>;
  start(kind: StoreKind): Promise<void>;
  /** Removes the containers with their data. */
  remove(): Promise<void>;
}

/**
 * Starts both stores and waits until they answer (60 s at most). A `durable` PostgreSQL waits for its disk as a real one
 * does; without that, tests are quicker.
 */
export async function startStores({ durable = false } = {}): Promise<Stores> {
  const host = "127.0.0.1";
  const database = "backline";
  const user = "backline";
  const password = randomBytes(16).toString("hex");
  const directory = await mkdtemp(join(tmpdir(), "backline-stores-"));
  const passwordFile = join(directory, "password");
  const redisConfig = join(directory, "redis.conf");
  await writeFile(passwordFile, password);
  await writeFile(redisConfig, `requirepass ${password}\nappendonly yes\n`);
  await removeAbandoned();
  const prefix = `backline-test-services-${process.pid}-${randomBytes(3).toString("hex")}`;
  const name = (kind: StoreKind) => `${prefix}-${kind}`;
  const [postgresPort, redisPort] = [await freePort(), await freePort()];
  const ports = { postgres: `${host}:${postgresPort}:5432`, redis: `${host}:${redisPort}:6379` };
  const docker = (...args: string[]) => execa("docker", args);
  const create = (kind: StoreKind, options: string[], command: string[]) =>
    docker(
      "run",
      "-d",
      "--name",
      name(kind),
      "--label",
      testLabel,
      "--label",
      `${ownerLabel}=${ownerOf(process.pid)}`,
      "-p",
      ports[kind],
      ...options,
      images[kind],
      ...command,
    );

  const postgresOptions = [
    ...["-e", `POSTGRES_DB=${database}`, "-e", `POSTGRES_USER=${user}`],
    ...[
      "-e",
      "POSTGRES_PASSWORD_FILE=/run/secrets/password",
      "-v",
      `${passwordFile}:/run/secrets/password:ro`,
    ],
  ];
  const redisOptions = ["-v", `${redisConfig}:/usr/local/etc/redis/redis.conf:ro`];

  const stores: Stores = {
    host,
    postgresPort,
    redisPort,
    database,
    user,
    password,
    passwordFile,
    directory,
    address: async (kind) => {
      const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
      return (await docker("inspect", "--format", format, name(kind))).stdout;
    },
    pause: async (kind) => void (await docker("pause", name(kind))),
    unpause: async (kind) => void (await docker("unpause", name(kind))),
    stop: async (kind) => void (await docker("stop", "-t", "5", name(kind))),
    start: async (kind) => {
      await docker("start", name(kind));
      await answering[kind](stores);
    },
    async remove() {
      await execa("docker", ["rm", "-f", "-v", name("postgres"), name("redis")], { reject: false });
      await rm(directory, { recursive: true, force: true });
    },
  };
  try {
    await Promise.all([
      create("postgres", postgresOptions, ["postgres", ...(durable ? [] : ["-c", "fsync=off"])]),
      create("redis", redisOptions, ["redis-server", "/usr/local/etc/redis/redis.conf"]),
    ]);
    await Promise.all([answering.postgres(stores), answering.redis(stores)]);
    return stores;
  } catch (error) {
    await stores.remove();
    throw error;
  }
}

/** Removes the containers whose process has ended without doing so: a run that was killed cannot clean up. */
export async function removeAbandoned(): Promise<void> {
  const format = `{{.ID}} {{.Label "${ownerLabel}"}}`;
  const filters = ["--filter", `label=${testLabel}`, "--filter", `label=${ownerLabel}`];
  const { stdout } = await execa("docker", ["ps", "-a", ...filters, "--format", format]);
  const abandoned = stdout.split("\n").flatMap((line) => {
    const [id, owner = ""] = line.split(" ");
    const [host, pid] = owner.split(":");
    return id !== undefined && host === hostname() && !isAlive(Number(pid)) ? [id] : [];
  });
  // Another run may remove the same ones at this moment.
  if (abandoned.length > 0) await execa("docker", ["rm", "-f", "-v", ...abandoned], { reject: false });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

const answering = {
  postgres: (stores: Stores) =>
    eventually("PostgreSQL answers", async () => {
      const { host, postgresPort: port, database, user, password } = stores;
      const client = new pg.Client({ host, port, database, user, password, connectionTimeoutMillis: 2_000 });
      client.on("error", () => undefined);
      try {
        await client.connect();
        await client.query("SELECT 1");
      } finally {
        await client.end();
      }
    }),
  redis: (stores: Stores) =>
    eventually("Redis answers", async () => {
      const { host, redisPort: port, password } = stores;
      const redis = new Redis({ host, port, password, lazyConnect: true, retryStrategy: () => null });
      redis.on("error", () => undefined);
      try {
        await redis.connect();
        await redis.ping();
      } finally {
        redis.disconnect();
      }
    }),
};

/** Repeats `attempt` until it resolves and returns its value. Throws its last error after `seconds`. */
export async function eventually<T>(what: string, attempt: () => Promise<T>, seconds = 60): Promise<T> {
  const deadline = Date.now() + seconds * 1_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s`, { cause: error });
      await sleep(100);
    }
  }
}

/** A port of 127.0.0.1 that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
