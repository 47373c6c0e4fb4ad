import type { SystemDescription } from "./types";

/**
 * AudiFi on one host of 16 GB and 4 vCPU. Its requirements give the size of a service as a total; here it is that
 * of one replica: the API's 2 GB and 1.0 CPU are two replicas of 1 GB and 0.5.
 */
export const audifi: SystemDescription = {
  name: "audifi",
  host: { memory: "16Gi", cpus: 4, reserve: { memory: "2Gi", cpu: 0.25 } },
  sites: {
    api: {
      routes: [
        { path: "/", service: "api" },
        { path: "/ws", service: "ws" },
      ],
    },
    home: { label: "@", routes: [{ path: "/", service: "web" }] },
    app: { routes: [{ path: "/", service: "web" }] },
    studio: { routes: [{ path: "/", service: "ws" }] },
  },
  services: {
    api: {
      source: "api",
      replicas: 2,
      memory: "1Gi",
      cpu: 0.5,
      ports: { traffic: 3000, metrics: 3090, health: 3091 },
      needs: ["postgres", "redis"],
      queue: true,
    },
    ws: {
      source: "ws",
      replicas: 2,
      memory: "1Gi",
      cpu: 0.375,
      ports: { traffic: 3001, metrics: 3090, health: 3091 },
      needs: ["postgres", "redis"],
      poolSize: 4,
    },
    worker: {
      source: "worker",
      replicas: 1,
      memory: "1Gi",
      cpu: 0.5,
      ports: { traffic: 3002, metrics: 3090, health: 3091 },
      needs: ["postgres", "redis"],
      queue: true,
    },
    web: {
      source: "web",
      frontEnd: { api: "api", socket: "ws" },
      replicas: 2,
      memory: "64Mi",
      cpu: 0.1,
      ports: { traffic: 3003, metrics: 3090, health: 3091 },
      needs: [],
    },
  },
  proxy: { memory: "256Mi", cpu: 0.25 },
  postgres: { memory: "4Gi", cpu: 1, maxConnections: 100 },
  redis: { memory: "512Mi", cpu: 0.25 },
  migrations: { source: "migrations" },
  monitoring: {
    prometheus: { memory: "1Gi", cpu: 0.25 },
    alertmanager: { memory: "128Mi", cpu: 0.1 },
    grafana: { memory: "512Mi", cpu: 0.25 },
    exporter: { memory: "64Mi", cpu: 0.1 },
  },
};
