import { type ContainerPlan, type ContainerSpec, planContainer } from "../shared/container";
import { type FilesPlan, planFiles } from "../shared/files";
import { type LiveConfig, liveBind } from "../shared/live-config";
import { labels } from "../shared/names";
import { Secret } from "../shared/secret";
import type { MonitoringPlanArgs, ScrapeTarget } from "./args";
import { grafanaFiles } from "./grafana";
import { ports, renderAlertmanager, renderAlerts, renderPrometheus, type Subject } from "./prometheus";

const nobody = "65534:65534";
const secretsPath = "/run/backline";
const tmpfs = { "/tmp": "size=16m,mode=1777" };

export interface ProgramPlan {
  readonly container: ContainerPlan;
  readonly files?: FilesPlan;
  readonly config?: LiveConfig;
  /** Runs once the container is ready, with a secret on its standard input. */
  readonly afterStart?: { readonly command: string; readonly stdin: Secret };
  readonly volume?: { readonly name: string; readonly labels: { label: string; value: string }[] };
}

export interface MonitoringPlan {
  readonly prometheus: ProgramPlan;
  readonly alertmanager: ProgramPlan;
  readonly nodeExporter: ProgramPlan;
  /** Undefined: the system has no such store. */
  readonly redisExporter: ProgramPlan | undefined;
  readonly postgresExporter: ProgramPlan | undefined;
  readonly grafana: ProgramPlan | undefined;
}

const alive = (port: number, path: string): ContainerSpec["health"] => ({
  test: ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${port}${path}`],
  interval: 15,
  startPeriod: 20,
});

/** `host:port` as a single target with a stable name, for what exists once. */
const single = (container: string, port: number): ScrapeTarget[] => [
  { container, port, path: "/metrics", labels: {} },
];

const storesOf = ({ postgres, redis }: MonitoringPlanArgs): Subject[] => [
  ...(postgres === undefined ? [] : (["postgres"] as const)),
  ...(redis === undefined ? [] : (["redis"] as const)),
];

export function planMonitoring(args: MonitoringPlanArgs): MonitoringPlan {
  const { stack, references, limits, networks, host } = args;
  const monitoring = (alias: string) => ({ name: networks.monitoring, aliases: [alias] });
  const volume = (service: string) => ({
    name: `${stack}-${service}-data`,
    labels: [
      { label: labels.stack, value: stack },
      { label: labels.kind, value: "data" },
    ],
  });
  const common = { stack, user: nobody, stopGrace: 30, tmpfs };

  const jobs = {
    ...args.services,
    proxy: [args.proxy],
    prometheus: single("prometheus", ports.prometheus),
    alertmanager: single("alertmanager", ports.alertmanager),
    node: single("node-exporter", ports.nodeExporter),
    ...(args.redis && { redis: single("redis-exporter", ports.redisExporter) }),
    ...(args.postgres && { postgres: single("postgres-exporter", ports.postgresExporter) }),
  };
  const prometheusLive = "/etc/prometheus/live";
  const alertmanagerLive = "/etc/alertmanager/live";

  return {
    prometheus: {
      volume: volume("prometheus"),
      config: {
        service: "prometheus",
        owner: nobody,
        files: [
          { name: "prometheus.yml", content: renderPrometheus({ stack, jobs }) },
          { name: "alerts.yml", content: renderAlerts(storesOf(args)) },
        ],
        validate: '/bin/promtool check config "$dir/prometheus.yml"',
        reload: 'docker kill --signal HUP "$id" > /dev/null',
      },
      container: planContainer({
        ...common,
        ...limits.prometheus,
        service: "prometheus",
        image: references.prometheus,
        command: [
          `--config.file=${prometheusLive}/current/prometheus.yml`,
          "--storage.tsdb.path=/prometheus",
          `--storage.tsdb.retention.time=${Math.ceil(args.retention / 3600)}h`,
        ],
        networks: [monitoring("prometheus")],
        volumes: [{ name: volume("prometheus").name, containerPath: "/prometheus" }],
        binds: [liveBind(host, "prometheus", prometheusLive)],
        health: alive(ports.prometheus, "/-/ready"),
        stopGrace: 60,
      }),
    },
    alertmanager: {
      volume: volume("alertmanager"),
      config: {
        service: "alertmanager",
        owner: nobody,
        files: [{ name: "alertmanager.yml", content: renderAlertmanager(args.alertWebhook) }],
        validate: '/bin/amtool check-config "$dir/alertmanager.yml"',
        reload: 'docker kill --signal HUP "$id" > /dev/null',
      },
      container: planContainer({
        ...common,
        ...limits.alertmanager,
        service: "alertmanager",
        image: references.alertmanager,
        // A single one: clustering would listen on another port for nothing.
        command: [
          `--config.file=${alertmanagerLive}/current/alertmanager.yml`,
          "--storage.path=/alertmanager",
          "--cluster.listen-address=",
        ],
        networks: [monitoring("alertmanager")],
        volumes: [{ name: volume("alertmanager").name, containerPath: "/alertmanager" }],
        binds: [liveBind(host, "alertmanager", alertmanagerLive)],
        health: alive(ports.alertmanager, "/-/ready"),
      }),
    },
    nodeExporter: {
      container: planContainer({
        ...exporterOf(args),
        service: "node-exporter",
        image: references.nodeExporter,
        command: ["--path.rootfs=/host", "--path.procfs=/host/proc", "--path.sysfs=/host/sys"],
        networks: [monitoring("node-exporter")],
        binds: [{ hostPath: "/", containerPath: "/host" }],
        health: alive(ports.nodeExporter, "/"),
      }),
    },
    redisExporter: planRedisExporter(args),
    postgresExporter: planPostgresExporter(args),
    grafana: args.grafana ? planGrafana(args, volume("grafana"), monitoring("grafana")) : undefined,
  };
}

/** What the exporters have in common. */
const exporterOf = ({ stack, limits }: MonitoringPlanArgs) => ({
  ...limits.exporter,
  stack,
  user: nobody,
  stopGrace: 10,
  tmpfs,
});

/** An exporter asks its store on the data network. */
const exporterNetworks = ({ networks }: MonitoringPlanArgs, alias: string) => [
  { name: networks.monitoring, aliases: [alias] },
  { name: networks.data, aliases: [alias] },
];

function planRedisExporter(args: MonitoringPlanArgs): ProgramPlan | undefined {
  const { redis } = args;
  if (redis === undefined) return undefined;
  const address = `redis://${redis.host}:${redis.port}`;
  const passwords = new Secret(JSON.stringify({ [address]: args.secrets.redisPassword.reveal() }));
  const files = planFiles(args.host, args.nameKey, {
    name: "redis-exporter",
    owner: "59000:59000",
    files: [{ name: "passwords.json", content: passwords }],
  });
  return {
    files,
    container: planContainer({
      ...exporterOf(args),
      service: "redis-exporter",
      image: args.references.redisExporter,
      user: files.owner,
      environment: { REDIS_ADDR: address, REDIS_PASSWORD_FILE: `${secretsPath}/passwords.json` },
      networks: exporterNetworks(args, "redis-exporter"),
      binds: [{ hostPath: files.directory, containerPath: secretsPath }],
      health: alive(ports.redisExporter, "/health"),
    }),
  };
}

function planPostgresExporter(args: MonitoringPlanArgs): ProgramPlan | undefined {
  const { postgres } = args;
  if (postgres === undefined) return undefined;
  const files = planFiles(args.host, args.nameKey, {
    name: "postgres-exporter",
    owner: nobody,
    files: [{ name: "postgres-password", content: args.secrets.postgresMonitoringPassword }],
  });
  return {
    files,
    container: planContainer({
      ...exporterOf(args),
      service: "postgres-exporter",
      image: args.references.postgresExporter,
      environment: {
        DATA_SOURCE_URI: `${postgres.host}:${postgres.port}/${postgres.database}?sslmode=disable`,
        DATA_SOURCE_USER: postgres.user,
        DATA_SOURCE_PASS_FILE: `${secretsPath}/postgres-password`,
      },
      networks: exporterNetworks(args, "postgres-exporter"),
      binds: [{ hostPath: files.directory, containerPath: secretsPath }],
      health: alive(ports.postgresExporter, "/"),
    }),
  };
}

function planGrafana(
  args: MonitoringPlanArgs,
  volume: NonNullable<ProgramPlan["volume"]>,
  network: ContainerSpec["networks"][number],
): ProgramPlan {
  const provisioning = "/etc/grafana/provisioning";
  const files = planFiles(args.host, args.nameKey, {
    name: "grafana",
    owner: "472:0",
    files: [
      ...grafanaFiles(args.stack, secretsPath, storesOf(args)),
      { name: "admin-password", content: args.secrets.grafanaPassword },
    ],
  });
  return {
    volume,
    files,
    // Grafana reads the file only when it makes its database, which is older than a password that was rotated.
    ...(args.rotations.grafanaPassword === 0
      ? {}
      : {
          afterStart: {
            command: `docker exec -i "$id" grafana cli --homepath /usr/share/grafana admin reset-admin-password --password-from-stdin > /dev/null`,
            stdin: args.secrets.grafanaPassword,
          },
        }),
    container: planContainer({
      ...args.limits.grafana,
      stack: args.stack,
      service: "grafana",
      image: args.references.grafana,
      environment: {
        GF_SECURITY_ADMIN_PASSWORD__FILE: `${secretsPath}/admin-password`,
        GF_PATHS_PROVISIONING: provisioning,
        GF_ANALYTICS_REPORTING_ENABLED: "false",
        GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
        GF_USERS_ALLOW_SIGN_UP: "false",
      },
      user: "472:0",
      networks: [network],
      volumes: [{ name: volume.name, containerPath: "/var/lib/grafana" }],
      binds: [
        { hostPath: files.directory, containerPath: secretsPath },
        {
          hostPath: `${files.directory}/datasources.yaml`,
          containerPath: `${provisioning}/datasources/backline.yaml`,
        },
        {
          hostPath: `${files.directory}/dashboards.yaml`,
          containerPath: `${provisioning}/dashboards/backline.yaml`,
        },
      ],
      tmpfs: { "/tmp": "size=64m,mode=1777", "/var/log/grafana": "size=16m,mode=0770,uid=472" },
      health: alive(ports.grafana, "/api/health"),
      stopGrace: 30,
    }),
  };
}
