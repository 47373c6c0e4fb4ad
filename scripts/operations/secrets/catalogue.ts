/** What each secret is for, and how it gets a new value. */
import { accessTokenSeconds } from "../../../services/contract/accounts";
import type { GivenSecret } from "../../../stacks/settings/secret-keys";
import type { SecretName } from "../../../stacks/settings/secret-names";

/**
 * How a secret is rotated:
 *
 * - `beside`: the server accepts two values; who uses it gets the new one, then the old one is refused. Two updates.
 * - `signing`: everybody learns to accept the new key before anybody signs with it; the old one is accepted as long as
 *   what it signed is valid. Two updates, and a time.
 * - `at-once`: nothing that serves a request uses it. One update.
 */
export type RotationWay = "beside" | "signing" | "at-once";

export type PartSecret =
  | { readonly purpose: string; readonly way: RotationWay }
  /** Why it is not rotated. */
  | { readonly purpose: string; readonly way: undefined; readonly reason: string };

/** Those of Backline's own parts. */
export const catalogue: Readonly<Record<SecretName, PartSecret>> = {
  nameKey: {
    purpose: "key of the hashes in names of secret files",
    way: undefined,
    reason: "it protects no access, and a new one would rename every file and restart the stores",
  },
  jwtSecret: { purpose: "key that signs access tokens", way: "signing" },
  postgresAdminPassword: { purpose: "password of PostgreSQL's superuser", way: "at-once" },
  postgresPassword: { purpose: "password of the services at PostgreSQL", way: "beside" },
  postgresMonitoringPassword: { purpose: "password of the exporter at PostgreSQL", way: "at-once" },
  redisPassword: { purpose: "password of Redis", way: "beside" },
  grafanaPassword: { purpose: "password of Grafana's user admin", way: "at-once" },
};

/** Secrets of others, with where the new value comes from. */
export const givenSecretPurposes: Readonly<Record<GivenSecret, { purpose: string; from: string }>> = {
  "stripe.webhookSecret": { purpose: "signature of Stripe's webhooks", from: "Stripe" },
  "storage.secretAccessKey": { purpose: "access to the object store", from: "the store's provider" },
  chains: { purpose: "JSON-RPC URLs, with the keys in them", from: "the JSON-RPC providers" },
  "smtp.password": { purpose: "sign-in at the mail server", from: "the mail provider" },
  "proxy.certificateKey": { purpose: "key of the given certificate", from: "whoever signs the certificate" },
  "cloudflare.apiToken": { purpose: "access to Cloudflare", from: "Cloudflare" },
  "vercel.token": { purpose: "access to Vercel", from: "Vercel" },
  "vercel.projects.*.password": { purpose: "password of a front end at Vercel", from: "you" },
  "vercel.projects.*.secretEnvironment.*.*": {
    purpose: "variable of a front end at Vercel",
    from: "whoever gave it out",
  },
};

/** How a secret that Backline cannot make gets a new value. */
export const howToSet = (stack: string, path: string): string =>
  `eval "$(./backline env ${stack})" && pulumi config set --secret --path 'backline:${path}', then ./backline up ${stack}`;

/** How one that a system has of its own, and `init` has made, gets a new value. */
export const howToMake = (stack: string, name: string): string =>
  `eval "$(./backline env ${stack})" && pulumi config rm --path 'backline:secrets.${name}', then ./backline init ${stack} and ./backline up ${stack}`;

/** Seconds that an update may take from the first new replica to the end of the last old one. */
const longestUpdate = 30 * 60;

/** When nothing is valid any more that the old signing key has signed, if an update begins now. */
export const signedUntil = (now: Date): string =>
  moment(new Date(now.getTime() + (longestUpdate + accessTokenSeconds) * 1_000));

/** As the stack's file has it: `2030-01-31T12:00:00Z` */
export const moment = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, "Z");
