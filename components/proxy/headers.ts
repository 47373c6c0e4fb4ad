import type { ProxySettings } from "./args";

/** For sites whose services send no policy of their own: nothing may be loaded, nobody may frame it. */
export const strictPolicy = "default-src 'none'; frame-ancestors 'none'";

/** Features of browsers that a service has to ask for by a header of its own. */
const noFeatures = [
  "accelerometer",
  "camera",
  "display-capture",
  "geolocation",
  "gyroscope",
  "magnetometer",
  "microphone",
  "payment",
  "usb",
]
  .map((feature) => `${feature}=()`)
  .join(", ");

function strictTransportSecurity({ maxAge, includeSubDomains, preload }: NonNullable<ProxySettings["hsts"]>) {
  const value = [
    `max-age=${Math.round(maxAge)}`,
    ...(includeSubDomains ? ["includeSubDomains"] : []),
    ...(preload ? ["preload"] : []),
  ].join("; ");
  return `header >Strict-Transport-Security "${value}"`;
}

/**
 * Security headers of every answer. `>` is set once the answer is there, in the place of what a service says; `?` only
 * where a service says nothing, each in a directive of its own, since one block asks for all of its headers at once.
 */
export const securityHeaders = (hsts: ProxySettings["hsts"]): string[] => [
  ...(hsts === undefined ? [] : [strictTransportSecurity(hsts)]),
  "header >X-Content-Type-Options nosniff",
  "header ?X-Frame-Options DENY",
  "header ?Referrer-Policy strict-origin-when-cross-origin",
  `header ?Permissions-Policy "${noFeatures}"`,
  "header ?Cross-Origin-Opener-Policy same-origin",
  "header ?Cross-Origin-Resource-Policy same-origin",
  "header -Server",
  "header -Via",
];

/** The policy of one site: never a second one beside a service's own. */
export const contentSecurityPolicy = (own: string | undefined): string =>
  own === undefined
    ? `header ?Content-Security-Policy "${strictPolicy}"`
    : `header >Content-Security-Policy "${own}"`;
