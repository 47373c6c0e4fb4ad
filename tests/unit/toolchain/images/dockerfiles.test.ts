import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { imageFolder } from "../../../../toolchain/images/keys";
import { type StandInName, standIns } from "../../../../toolchain/images/stand-ins";

/** What the official image of the same name declares. */
const official: Readonly<Record<StandInName, Readonly<Record<string, string>>>> = {
  node: { ENTRYPOINT: '["docker-entrypoint.sh"]', CMD: '["node"]' },
  postgres: {
    VOLUME: "/var/lib/postgresql/data",
    ENTRYPOINT: '["docker-entrypoint.sh"]',
    STOPSIGNAL: "SIGINT",
    EXPOSE: "5432",
    CMD: '["postgres"]',
  },
  redis: {
    VOLUME: "/data",
    WORKDIR: "/data",
    ENTRYPOINT: '["docker-entrypoint.sh"]',
    EXPOSE: "6379",
    CMD: '["redis-server"]',
  },
  caddy: {
    EXPOSE: "80 443 443/udp 2019",
    WORKDIR: "/srv",
    CMD: '["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]',
  },
  prometheus: {
    USER: "nobody",
    EXPOSE: "9090",
    VOLUME: "/prometheus",
    WORKDIR: "/prometheus",
    ENTRYPOINT: '["/bin/prometheus"]',
    CMD: '["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus", "--web.console.libraries=/usr/share/prometheus/console_libraries", "--web.console.templates=/usr/share/prometheus/consoles"]',
  },
  alertmanager: {
    USER: "nobody",
    EXPOSE: "9093",
    VOLUME: "/alertmanager",
    WORKDIR: "/alertmanager",
    ENTRYPOINT: '["/bin/alertmanager"]',
    CMD: '["--config.file=/etc/alertmanager/alertmanager.yml", "--storage.path=/alertmanager"]',
  },
  nodeExporter: { EXPOSE: "9100", USER: "nobody", ENTRYPOINT: '["/bin/node_exporter"]' },
  redisExporter: { EXPOSE: "9121", USER: "59000:59000", ENTRYPOINT: '["/redis_exporter"]' },
  postgresExporter: { EXPOSE: "9187", USER: "nobody", ENTRYPOINT: '["/bin/postgres_exporter"]' },
};

const builds = new Set(["FROM", "COPY", "RUN", "ARG", "ENV"]);

/** The instructions of the last stage that say how the image runs. */
function declared(dockerfile: string): Record<string, string> {
  const stage = dockerfile.slice(dockerfile.lastIndexOf("\nFROM ") + 1).replaceAll(/\\\n\s*/g, "");
  const instructions = stage
    .split("\n")
    .map((line) => /^([A-Z]+) (.*)$/.exec(line))
    .flatMap((match) => (match === null ? [] : [[match[1] ?? "", match[2] ?? ""] as const]));
  return Object.fromEntries(instructions.filter(([instruction]) => !builds.has(instruction)));
}

describe("the Dockerfiles of the stand-ins", () => {
  it.each(Object.entries(standIns))("declare what the official image does: %s", (name, { folder }) => {
    const dockerfile = readFileSync(join(imageFolder(folder), "Dockerfile"), "utf8");
    expect(declared(`\n${dockerfile}`)).toEqual(Object.entries(official).find(([key]) => key === name)?.[1]);
  });
});
