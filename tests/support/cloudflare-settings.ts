/** Settings with a group `cloudflare`, and what is wrong with them. */
import { formatProblem } from "../../components/shared/errors";
import { resolve } from "../../stacks/settings";
import { secrets } from "./resolution";

export const zoneId = "0123456789abcdef0123456789abcdef";
const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDZ5MHV3pgdOAs8A81bFu4m5pFX0BzbGJz5QqI2DKvyT";
export const stack = {
  domain: "example.com",
  host: { address: "203.0.113.20", hostKey: publicKey, publicKeys: [publicKey] },
  proxy: { certificates: "cloudflare", trustedProxies: ["cloudflare"] },
  secrets,
};
export const owner = { zone: "owner", zoneId, apiToken: "[encrypted]" };
export const member = { ...owner, zone: "member" };

export interface Options {
  readonly missing?: "error" | "warn";
  readonly zoneOwners?: readonly { readonly file: string; readonly zone: string }[];
}

export const resolution = (values: Record<string, unknown>, { missing = "error", ...more }: Options = {}) =>
  resolve(
    {
      stack: "production",
      file: "Pulumi.production.yaml",
      values: { ...stack, ...values },
      plainSecrets: [],
      ...more,
    },
    { missing },
  );
const lines = (problems: readonly Parameters<typeof formatProblem>[0][]) =>
  problems.map((problem) => formatProblem(problem).replace("Pulumi.production.yaml: ", ""));

export function errors(
  cloudflare: unknown,
  values: Record<string, unknown> = {},
  options: Options = {},
): string[] {
  const result = resolution({ ...values, cloudflare }, options);
  return result.ok ? [] : lines(result.errors);
}
export const warnings = (cloudflare: unknown, values: Record<string, unknown> = {}, options: Options = {}) =>
  lines(resolution({ ...values, cloudflare }, options).warnings).filter((line) => !line.startsWith("host."));

/** What is wrong with the keys of an owner of example.com. */
export function zoneErrors(
  cloudflare: Record<string, unknown>,
  rateLimits: Record<string, unknown> = { address: 0 },
) {
  const values = {
    domain: "example.com",
    host: { address: "203.0.113.20", hostKey: publicKey, publicKeys: [publicKey] },
    proxy: { certificates: "cloudflare", trustedProxies: ["cloudflare"] },
    rateLimits,
    secrets,
    cloudflare: { zone: "owner", zoneId, apiToken: "[encrypted]", ...cloudflare },
  };
  const result = resolve(
    { stack: "production", file: "Pulumi.production.yaml", values, plainSecrets: [] },
    { missing: "error" },
  );
  return result.ok
    ? []
    : result.errors.map((problem) =>
        formatProblem(problem).replace("Pulumi.production.yaml: cloudflare.", ""),
      );
}
