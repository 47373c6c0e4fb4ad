import { describe, expect, it } from "vitest";
import { reveal } from "../../../components/shared/files";
import { example } from "../../../stacks/systems/example";
import { testSecrets } from "../../support/plans";
import { shop, shopSecrets, shopSystem } from "../../support/shop-system";
import { planOfSystem } from "../../support/systems";

const secrets = { ...testSecrets, ...shopSecrets };
const plan = planOfSystem(shopSystem, { secrets });
const planOfShop = (changed: object, values: object = {}) =>
  planOfSystem(
    { ...shopSystem, services: { ...shopSystem.services, shop: { ...shop, ...changed } } },
    { secrets, ...values },
  ).services.find(({ name }) => name === "shop");
const serviceOf = (name: string) => plan.services.find((service) => service.name === name);

describe("a service from an image", () => {
  const [first, second] = serviceOf("shop")?.replicas ?? [];

  it("is given what its description says, in Docker's words", () => {
    expect(first?.spec.image).toBe("registry.example.com/team/shop:1.4.2");
    expect(first?.args).toMatchObject({
      entrypoints: ["/app/start", "--production"],
      command: ["serve"],
      user: "10001:10002",
      capabilities: { drops: ["ALL"], adds: ["CAP_NET_BIND_SERVICE"] },
      readOnly: false,
      tmpfs: { "/cache": "size=8m" },
      stopSignal: "SIGQUIT",
      stopTimeout: 20,
      destroyGraceSeconds: 20,
      memory: 64,
      cpus: "0.1",
    });
    expect([first, second].map((replica) => replica?.spec.slot)).toEqual([0, 1]);
  });

  it("is told of the stores that it needs, and of secrets by the paths of their files", () => {
    expect(first?.spec.environment).toEqual({
      NODE_ENV: "production",
      SESSION_KEY_FILE: "/run/backline/sessionKey",
      PAYMENT_KEY_FILE: "/run/backline/paymentKey",
      POSTGRES_HOST: "postgres",
      POSTGRES_PORT: "5432",
      POSTGRES_DATABASE: "shop",
      POSTGRES_USER: "backline",
      POSTGRES_PASSWORD_FILE: "/run/backline/postgres-password",
      POSTGRES_POOL_SIZE: "5",
      DATABASE_URL_FILE: "/run/backline/database-url",
      REDIS_HOST: "redis",
      REDIS_PORT: "6379",
      REDIS_PASSWORD_FILE: "/run/backline/redis-password",
      REDIS_URL_FILE: "/run/backline/redis-url",
    });
  });

  it("finds in those files what they are named for, and owns them", () => {
    const files = serviceOf("shop")?.files;
    expect(files?.owner).toBe("10001:10002");
    expect(
      Object.fromEntries(files?.files.map(({ name, content }) => [name, reveal(content)]) ?? []),
    ).toEqual({
      "postgres-password": testSecrets.postgresPassword,
      "database-url": `postgresql://backline:${testSecrets.postgresPassword}@postgres:5432/shop`,
      "redis-password": testSecrets.redisPassword,
      "redis-url": `redis://default:${testSecrets.redisPassword}@redis:6379`,
      ...shopSecrets,
    });
    expect(first?.spec.binds).toEqual([{ hostPath: files?.directory, containerPath: "/run/backline" }]);
  });

  it("quotes what a URL cannot hold", () => {
    const postgresPassword = "a/b:c@d?e#f%g0123456";
    const planned = planOfShop({}, { secrets: { ...secrets, postgresPassword } });
    const url = planned?.files?.files.find(({ name }) => name === "database-url")?.content ?? "";
    expect(new URL(reveal(url)).hostname).toBe("postgres");
    expect(decodeURIComponent(new URL(reveal(url)).password)).toBe(postgresPassword);
  });

  it("is asked on its health port: the liveness by Docker, the readiness by the rollout", () => {
    const ask = (path: string) => ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:3091${path}`];
    expect(first?.args.healthcheck).toMatchObject({ tests: ["CMD", ...ask("/live")] });
    expect(serviceOf("shop")?.probe).toEqual(ask("/ready"));
  });

  it("is asked on its traffic port where it has no other, and for one path where it has no other", () => {
    const planned = planOfShop({ ports: { traffic: 3000 }, health: { path: "/ok" } });
    const ask = ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:3000/ok"];
    expect(planned?.probe).toEqual(ask);
    expect(planned?.replicas[0]?.spec.health.test).toEqual(ask);
  });

  it("is asked by its own program where it names one", () => {
    expect(serviceOf("mailer")?.probe).toEqual(["/app/healthy"]);
    expect(serviceOf("mailer")?.replicas[0]?.spec.health.test).toEqual(["/app/healthy"]);
  });

  it("is on the networks that it has a use for", () => {
    const networksOf = (name: string) =>
      serviceOf(name)?.replicas[0]?.spec.networks.map((network) => network.name);
    expect(networksOf("shop")).toEqual(["dev-edge", "dev-data", "dev-monitoring"]);
    expect(networksOf("mailer")).toEqual(["dev-edge"]);
  });

  it("that says the least gets a user that is not root, no files and a root that cannot be written", () => {
    const mailer = serviceOf("mailer");
    expect(mailer?.files).toBeUndefined();
    expect(mailer?.replicas[0]?.args).toMatchObject({
      user: "1000:1000",
      readOnly: true,
      tmpfs: { "/tmp": "size=64m,mode=1777" },
      mounts: [],
      envs: [],
      stopTimeout: 25,
    });
    expect(mailer?.replicas[0]?.args).not.toHaveProperty("command");
    expect(mailer?.replicas[0]?.args).not.toHaveProperty("entrypoints");
    expect(mailer?.replicas[0]?.args).not.toHaveProperty("stopSignal");
  });

  it("runs another version and has more variables where the environment says so", () => {
    const services = { shop: { image: "team/shop:1.5.0", environment: { NODE_ENV: "test", LOG: "all" } } };
    const changed = planOfShop({}, { services });
    expect(changed?.replicas[0]?.spec.image).toBe("team/shop:1.5.0");
    expect(changed?.replicas[0]?.spec.environment).toMatchObject({ NODE_ENV: "test", LOG: "all" });
    expect(changed?.replicas[0]?.name).not.toBe(first?.name);
  });

  it("is behind the proxy as its description says, and what takes no requests is not", () => {
    const { content } = plan.proxy.config.files.find(({ name }) => name === "Caddyfile") ?? { content: "" };
    expect(reveal(content)).toContain("{file./etc/caddy/upstreams/shop-0}:3000");
    expect(reveal(content)).toContain("health_uri /live\n\t\t\thealth_port 3091\n");
    expect(reveal(content)).toContain("max_size 2MiB");
    expect(Object.keys(plan.proxy.upstreams)).toEqual(["shop-0", "shop-1"]);
  });

  it("is scraped where it has metrics, at its own path", () => {
    const files = plan.monitoring?.prometheus.config?.files ?? [];
    const text = reveal(files.find(({ name }) => name === "prometheus.yml")?.content ?? "");
    expect(text).toContain("- job_name: shop\n    metrics_path: /internal/metrics\n");
    expect(text).toContain(`- ${first?.name}:3090\n`);
    expect(text).not.toContain("mailer");
  });
});

describe("migrations from an image", () => {
  const { migrations } = plan;

  it("run their program as their user, with what they are told, and without a way out", () => {
    expect(migrations?.command).toContain("--network dev-data");
    expect(migrations?.command).toContain("--user 10001:10002");
    expect(migrations?.command).toContain("--memory 256m --memory-swap 256m --cpus 0.5");
    expect(migrations?.command).toContain("--env STEP=all");
    expect(migrations?.command).toContain("--env DATABASE_URL_FILE=/run/backline/database-url");
    expect(migrations?.command).not.toContain("REDIS");
    expect(migrations?.command).toMatch(
      /--entrypoint \/app\/migrate registry\.example\.com\/team\/shop:1\.4\.2 --wait up$/,
    );
  });

  it("hold no secret in their command", () => {
    for (const secret of Object.values(secrets)) expect(migrations?.command).not.toContain(secret);
    expect(migrations?.files?.owner).toBe("10001:10002");
    expect(migrations?.files?.files.map(({ name }) => name)).toEqual([
      "postgres-password",
      "database-url",
      "sessionKey",
    ]);
  });

  it("are none where the system has none", () => {
    expect(planOfSystem(example).migrations).toBeUndefined();
  });
});

describe("a system without a store", () => {
  const { postgres, redis, monitoring } = planOfSystem(example);

  it("has neither its container nor its exporter, nor alerts about it", () => {
    expect(postgres).toBeUndefined();
    expect(redis?.container.spec.service).toBe("redis");
    expect(monitoring?.postgresExporter).toBeUndefined();
    expect(monitoring?.redisExporter?.container.spec.service).toBe("redis-exporter");
    const alerts = reveal(
      monitoring?.prometheus.config?.files.find(({ name }) => name === "alerts.yml")?.content ?? "",
    );
    expect(alerts).not.toContain("PostgresDown");
    expect(alerts).toContain("RedisDown");
  });
});
