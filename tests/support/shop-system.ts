import type { ImageDescription, ServiceDescription, SystemDescription } from "../../stacks/systems";
import { example } from "../../stacks/systems/example";

const size = { memory: "64Mi", cpu: 0.1 } as const;

/** A web service with every key that one from an image can have. */
export const shop: ServiceDescription & ImageDescription = {
  image: "registry.example.com/team/shop:1.4.2",
  entrypoint: ["/app/start", "--production"],
  command: ["serve"],
  environment: { NODE_ENV: "production" },
  secrets: { SESSION_KEY_FILE: "sessionKey", PAYMENT_KEY_FILE: "paymentKey" },
  user: "10001:10002",
  capabilities: ["NET_BIND_SERVICE"],
  readOnlyRoot: false,
  tmpfs: { "/cache": "size=8m" },
  stopSignal: "SIGQUIT",
  ports: { traffic: 3000, metrics: 3090, health: 3091 },
  health: { path: "/live", readyPath: "/ready" },
  metricsPath: "/internal/metrics",
  ...size,
  replicas: 2,
  needs: ["postgres", "redis"],
  update: "stop-first",
  drain: "15s",
  poolSize: 5,
  sticky: true,
  bodyLimit: "2Mi",
};

/** What the public sees of a system with every part: stores, migrations, secrets, and a service with the least. */
export const shopSystem: SystemDescription & { readonly services: { readonly shop: typeof shop } } = {
  ...example,
  name: "shop",
  sites: { www: { label: "@", routes: [{ path: "/", service: "shop" }] } },
  services: {
    shop,
    mailer: {
      image: "team/mailer@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6",
      ports: {},
      health: { test: ["/app/healthy"] },
      ...size,
      replicas: 1,
      needs: [],
    },
  },
  postgres: { memory: "256Mi", cpu: 0.5, maxConnections: 50 },
  redis: { memory: "128Mi", cpu: 0.1 },
  migrations: {
    image: "registry.example.com/team/shop:1.4.2",
    entrypoint: ["/app/migrate", "--wait"],
    command: ["up"],
    environment: { STEP: "all" },
    secrets: { SESSION_KEY_FILE: "sessionKey" },
    user: "10001:10002",
  },
  secrets: {
    sessionKey: { description: "key of the session cookies", generated: true },
    paymentKey: { description: "key of the payment provider, from its dashboard" },
  },
};

/** Its secrets as somebody has given them. */
export const shopSecrets = {
  sessionKey: "sessionKey-value-0123456789",
  paymentKey: "paymentKey-value with a blank\nand a line",
} as const;
