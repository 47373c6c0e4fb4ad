/**
 * The form of a system's description. TypeScript checks it too, but nobody has to run that check before a deploy, and
 * a mistyped key that nothing reads would be no mistake to it in a file of another language.
 */
import { z } from "zod";
import type { Problem } from "../../components/shared/errors";
import { serviceNames } from "../../services/contract/environment";
import { type SystemDescription, systemFile } from "../systems";
import { bytes, checked, count, cpu, image, memory, port, wait } from "./fields";
import { problemsOf } from "./problems";

const words = () => z.array(z.string()).min(1, "is empty; write a program and its arguments, or remove it");

/** What is asked over HTTP by programs that take it as one word. */
const urlPath = () =>
  checked(z.string(), "description", (value) =>
    /^\/[A-Za-z0-9._~/-]*$/.test(value)
      ? undefined
      : `${JSON.stringify(value)} is no path; write one such as "/health", without a query`,
  );

/** Mount options by directory. */
const tmpfs = () =>
  z.record(z.string(), z.string()).superRefine((mounts, context) => {
    for (const path of Object.keys(mounts))
      if (!/^\/[A-Za-z0-9._/-]+$/.test(path) || path.split("/").includes(".."))
        context.addIssue({
          code: "custom",
          path: [path],
          message: `${JSON.stringify(path)} is no absolute path; write one such as "/tmp"`,
          params: { code: "description" },
        });
  });

const user = () =>
  checked(z.string(), "description", (value) =>
    /^\d{1,7}:\d{1,7}$/.test(value)
      ? undefined
      : `${JSON.stringify(value)} is no numeric user and group; write them as in "1000:1000"`,
  );

const capability = () =>
  checked(z.string(), "description", (value) =>
    /^[A-Z][A-Z_]*$/.test(value) && !value.startsWith("CAP_")
      ? undefined
      : `${JSON.stringify(value)} is no capability; write one such as "NET_BIND_SERVICE", without "CAP_"`,
  );

const signal = () =>
  checked(z.string(), "description", (value) =>
    /^SIG[A-Z0-9]+$/.test(value)
      ? undefined
      : `${JSON.stringify(value)} is no signal; write one such as "SIGQUIT"`,
  );

const size = { memory: memory(), cpu: cpu() };
const store = () => z.enum(["postgres", "redis"]);

const run = {
  ...size,
  replicas: count(1, 32),
  needs: z.array(store()),
  queue: z.boolean().optional(),
  update: z.enum(["start-first", "stop-first"]).optional(),
  drain: wait(12).optional(),
  poolSize: count(1, 500).optional(),
  sticky: z.boolean().optional(),
  bodyLimit: bytes().optional(),
};

const container = {
  image: image(),
  entrypoint: words().optional(),
  command: words().optional(),
  environment: z.record(z.string(), z.string()).optional(),
  secrets: z.record(z.string(), z.string()).optional(),
  user: user().optional(),
};

const allPorts = z.strictObject({ traffic: port(), metrics: port(), health: port() });

/** How a service from an image is asked whether it works. */
export const imageServiceHealth = z.strictObject({
  path: urlPath().optional(),
  readyPath: urlPath().optional(),
  test: words().optional(),
});

/** A service from an image. */
export const imageService = z.strictObject({
  ...run,
  ...container,
  ports: z.strictObject({
    traffic: port().optional(),
    metrics: port().optional(),
    health: port().optional(),
  }),
  health: imageServiceHealth,
  metricsPath: urlPath().optional(),
  capabilities: z.array(capability()).optional(),
  readOnlyRoot: z.boolean().optional(),
  tmpfs: tmpfs().optional(),
  stopSignal: signal().optional(),
});

const frontEnd = z.strictObject({
  ...run,
  source: z.string(),
  frontEnd: z.strictObject({ api: z.string(), socket: z.string() }),
  ports: allPorts,
});

const processes = z.strictObject({
  ...run,
  source: z.enum(serviceNames.filter((name) => name !== "migrations")),
  ports: allPorts,
});

const imageMigrations = z.strictObject({
  ...container,
  needs: z.array(store()).optional(),
  memory: memory().optional(),
});

const bundledMigrations = z.strictObject({ source: z.literal("migrations") });

/** Which of its forms a service or the migrations have is told by their keys. */
const has = (value: unknown, key: string): boolean => Object.hasOwn(Object(value), key);
const serviceForm = (value: unknown) =>
  has(value, "image") ? imageService : has(value, "frontEnd") ? frontEnd : processes;
const migrationsForm = (value: unknown) => (has(value, "image") ? imageMigrations : bundledMigrations);

const schemaOf = (system: Readonly<Record<string, unknown>>) =>
  z.strictObject({
    name: z.string(),
    host: z.strictObject({ memory: memory(), cpus: cpu(), reserve: z.strictObject(size) }),
    sites: z.record(
      z.string(),
      z.strictObject({
        label: z.string().optional(),
        routes: z.array(z.strictObject({ path: z.string(), service: z.string() })),
        contentSecurityPolicy: z.string().optional(),
      }),
    ),
    services: z.strictObject(
      Object.fromEntries(
        Object.entries(Object(system.services)).map(([name, service]) => [name, serviceForm(service)]),
      ),
    ),
    proxy: z.strictObject(size),
    postgres: z.strictObject({ ...size, maxConnections: count(10, 2000) }).optional(),
    redis: z.strictObject(size).optional(),
    migrations: migrationsForm(system.migrations).optional(),
    secrets: z
      .record(
        z.string(),
        z.strictObject({ description: z.string().min(1), generated: z.boolean().optional() }),
      )
      .optional(),
    monitoring: z.strictObject({
      prometheus: z.strictObject(size),
      alertmanager: z.strictObject(size),
      grafana: z.strictObject(size),
      exporter: z.strictObject(size),
    }),
  });

/** Every key of a description that is missing, unknown or of another form than it needs. */
export function systemFaults(system: SystemDescription): Problem[] {
  const schema = schemaOf({ ...system });
  const parsed = schema.safeParse(system);
  if (parsed.success) return [];
  const missing = new Set(
    parsed.error.issues.flatMap(({ path }) => (isThere(system, path) ? [] : [path.map(String).join(".")])),
  );
  return problemsOf(parsed.error, schema, system, systemFile(system)).map((problem) =>
    problem.code !== "unknown-key" && missing.has(problem.path)
      ? {
          ...problem,
          code: "description",
          message: "is missing; add it, as stacks/systems/example.ts has it",
        }
      : problem,
  );
}

const isThere = (value: unknown, path: readonly PropertyKey[]): boolean =>
  path.reduce<unknown>((here, key) => Object(here)[key], value) !== undefined;
