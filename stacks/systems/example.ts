import type { SystemDescription } from "./types";

/**
 * A small system from images that are not Backline's: a web service behind the proxy, and a worker beside it that
 * counts in Redis. docs/own-systems.md explains it line by line.
 */
export const example: SystemDescription = {
  name: "example",
  host: { memory: "4Gi", cpus: 2, reserve: { memory: "512Mi", cpu: 0.25 } },
  sites: {
    hello: { routes: [{ path: "/", service: "hello" }] },
  },
  services: {
    hello: {
      image: "caddy:2.11.7-alpine",
      command: ["caddy", "respond", "--listen", ":8080", "--body", "Hello from an image of your own"],
      // Caddy's program carries this capability and does not start where it cannot be had.
      capabilities: ["NET_BIND_SERVICE"],
      ports: { traffic: 8080 },
      health: { path: "/health" },
      replicas: 2,
      memory: "64Mi",
      cpu: 0.1,
      needs: [],
      drain: "5s",
    },
    counter: {
      image: "redis:7.2.16-bookworm",
      entrypoint: ["sh", "-euc"],
      command: [
        'trap "exit 0" TERM; while :; do REDISCLI_AUTH=$(cat "$REDIS_PASSWORD_FILE") redis-cli -h "$REDIS_HOST" incr "$COUNTER"; sleep 5 & wait $!; done',
      ],
      environment: { COUNTER: "rounds" },
      ports: {},
      health: {
        test: [
          "sh",
          "-c",
          'REDISCLI_AUTH=$(cat "$REDIS_PASSWORD_FILE") redis-cli -h "$REDIS_HOST" exists "$COUNTER" | grep -qx 1',
        ],
      },
      replicas: 1,
      memory: "32Mi",
      cpu: 0.1,
      needs: ["redis"],
      drain: "1s",
    },
  },
  proxy: { memory: "128Mi", cpu: 0.25 },
  redis: { memory: "128Mi", cpu: 0.1 },
  monitoring: {
    prometheus: { memory: "512Mi", cpu: 0.25 },
    alertmanager: { memory: "64Mi", cpu: 0.1 },
    grafana: { memory: "256Mi", cpu: 0.25 },
    exporter: { memory: "64Mi", cpu: 0.1 },
  },
};
