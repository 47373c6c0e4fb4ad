import { defaultHeaders } from "../shared/security-headers";
import type { FrontendPlanArgs } from "./args";

/** What the pages may load and call: as `services/web/Caddyfile` says it on the host. */
export const contentSecurityPolicy = (api: string, socketOrigin: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ${api} ${socketOrigin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

/** Features of browsers that the pages do without, as the Caddyfile says. */
export const permissionsPolicy = "camera=(), microphone=(), geolocation=()";

/** Security headers of everything that the front end answers: the same as behind the proxy. */
export const securityHeaders = (
  args: Pick<FrontendPlanArgs, "api" | "socket" | "strictTransportSecurity">,
): Record<string, string> => ({
  ...(args.strictTransportSecurity === undefined
    ? {}
    : { "Strict-Transport-Security": args.strictTransportSecurity }),
  "X-Content-Type-Options": "nosniff",
  ...defaultHeaders,
  "Content-Security-Policy": contentSecurityPolicy(args.api, new URL(args.socket).origin),
  "Permissions-Policy": permissionsPolicy,
});
