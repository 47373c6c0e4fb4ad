import { defaultHeaders, strictTransportSecurity } from "../shared/security-headers";
import type { ProxySettings } from "./args";

/** For sites whose services send no policy of their own: nothing may be loaded, nobody may frame it. */
export const strictPolicy = "default-src 'none'; frame-ancestors 'none'";

/**
 * Security headers of every answer. `>` is set once the answer is there, in the place of what a service says; `?` only
 * where a service says nothing, each in a directive of its own, since one block asks for all of its headers at once.
 */
export const securityHeaders = (hsts: ProxySettings["hsts"]): string[] => [
  ...(hsts === undefined ? [] : [`header >Strict-Transport-Security "${strictTransportSecurity(hsts)}"`]),
  "header >X-Content-Type-Options nosniff",
  ...Object.entries(defaultHeaders).map(
    ([name, value]) => `header ?${name} ${value.includes(" ") ? `"${value}"` : value}`,
  ),
  "header -Server",
  "header -Via",
];

/** The policy of one site: never a second one beside a service's own. */
export const contentSecurityPolicy = (own: string | undefined): string =>
  own === undefined
    ? `header ?Content-Security-Policy "${strictPolicy}"`
    : `header >Content-Security-Policy "${own}"`;
