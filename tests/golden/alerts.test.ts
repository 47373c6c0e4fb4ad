import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { renderAlerts } from "../../components/monitoring/prometheus";
import { check } from "../support/image-programs";

/** Series by name with labels, and their values from one quarter of a minute to the next, as promtool writes them. */
type Series = Readonly<Record<string, string>>;

const target = (job: string, instance: string) => ({ job, instance });
const node = target("node", "node-exporter:9100");

const filesystem = (
  mountpoint: string,
  available: string,
  { fstype = "ext4", readonly = 0, device = "/dev/vdb" } = {},
): Series => {
  const labels = `{job="node",instance="node-exporter:9100",device="${device}",fstype="${fstype}",mountpoint="${mountpoint}"}`;
  return {
    [`node_filesystem_avail_bytes${labels}`]: available,
    [`node_filesystem_size_bytes${labels}`]: "100x2000",
    [`node_filesystem_readonly${labels}`]: `${readonly}x2000`,
  };
};

/** The places at which the alert of a file system fires, and others' labels as they are, after so long. */
async function firing(alert: string, at: string, series: Series, labels: readonly object[]): Promise<void> {
  const test = {
    rule_files: ["alerts.yml"],
    evaluation_interval: "15s",
    tests: [
      {
        interval: "15s",
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: [
          {
            expr: `ALERTS{alertname="${alert}",alertstate="firing"}`,
            eval_time: at,
            exp_samples: labels.map((found) => ({
              labels: `ALERTS{alertname="${alert}",alertstate="firing",${Object.entries(found)
                .map(([name, value]) => `${name}="${value}"`)
                .join(",")}}`,
              value: 1,
            })),
          },
        ],
      },
    ],
  };
  const files = { "alerts.yml": renderAlerts(["postgres", "redis"]), "test.yml": stringify(test) };
  const result = await check("prometheus", files, "promtool test rules test.yml");
  expect(result, result.output).toMatchObject({ exitCode: 0 });
}

const page = { severity: "page" };
const ticket = { severity: "ticket" };
const disk = (mountpoint: string) => ({
  ...{ ...node, ...page, device: "/dev/vdb", fstype: "ext4", mountpoint },
});

describe("the alert of a disk", () => {
  it.each(["/", "/var/lib/docker", "/data"])(
    "comes for a file system at %s, wherever that is",
    (mountpoint) => firing("HostDiskLow", "2m", filesystem(mountpoint, "9x2000"), [disk(mountpoint)]),
  );

  it("comes within two minutes of the moment at which little is left, and not before", async () => {
    const series = filesystem("/", "11x20 9x2000");
    await firing("HostDiskLow", "5m", series, []);
    await firing("HostDiskLow", "7m", series, [disk("/")]);
  });

  it("does not come for what is never written to, or is memory", () =>
    firing(
      "HostDiskLow",
      "10m",
      {
        ...filesystem("/snap", "0x2000", { fstype: "squashfs" }),
        ...filesystem("/media", "0x2000", { readonly: 1, device: "/dev/sr0" }),
        ...filesystem("/run", "0x2000", { fstype: "tmpfs", device: "tmpfs" }),
      },
      [],
    ));

  it("comes hours before a disk that fills steadily is full", () =>
    // From 60 % to 36 % in two hours: three hours are left.
    firing("HostDiskFilling", "2h", filesystem("/", "60-0.05x480"), [disk("/")]));

  it("does not come where a disk that is almost empty takes up much", () =>
    firing("HostDiskFilling", "1h", filesystem("/", "90-0.1x240"), []));
});

describe("the alert of a process that was started again", () => {
  const api = target("api", "dev-api-0:3090");
  const started = (values: string, instance = "dev-api-0"): Series => ({
    [`process_start_time_seconds{job="api",instance="${instance}:3090"}`]: values,
  });

  it("comes after the first time, and pages after the third", async () => {
    const series = started("100x9 200x9 300x9 400x100");
    await firing("Restarted", "2m", series, []);
    await firing("Restarted", "3m", series, [{ ...api, ...ticket }]);
    await firing("RestartsAgain", "6m", series, []);
    await firing("RestartsAgain", "8m", series, [{ ...api, ...page }]);
  });

  it("ends a quarter of an hour later", () => firing("Restarted", "20m", started("100x9 200x100"), []));

  it("comes though no sample was taken meanwhile", () =>
    firing("Restarted", "5m", started("100x9 stale _x3 200x100"), [{ ...api, ...ticket }]));

  it("does not come by an update, which makes other containers", () =>
    firing(
      "Restarted",
      "5m",
      { ...started("100x9 stale"), ...started("_x9 200x100", "dev-api-0-next") },
      [],
    ));

  it("comes for Redis, whose time begins again", () => {
    const redis = target("redis", "redis-exporter:9121");
    const series = {
      'redis_uptime_in_seconds{job="redis",instance="redis-exporter:9121"}': "100+15x9 3+15x100",
    };
    return firing("Restarted", "5m", series, [{ ...redis, ...ticket }]);
  });

  it("comes once for PostgreSQL, whose statistics begin again", () => {
    const postgres = target("postgres", "postgres-exporter:9187");
    const of = (name: string) =>
      `pg_stat_database_xact_commit{job="postgres",instance="postgres-exporter:9187",datname="${name}"}`;
    const series = { [of("backline")]: "100+15x9 3+15x100", [of("postgres")]: "10+1x9 1+1x100" };
    return firing("Restarted", "5m", series, [{ ...postgres, ...ticket }]);
  });
});

describe("the alert of memory that is over", () => {
  const killed = (values: string): Series => ({
    'node_vmstat_oom_kill{job="node",instance="node-exporter:9100"}': values,
  });

  it("comes when the kernel has ended a process", () =>
    firing("OutOfMemory", "5m", killed("7x9 8x100"), [{ ...node, ...ticket }]));

  it("does not come for those of long ago", () => firing("OutOfMemory", "5m", killed("7x100"), []));
});
