/** Headers by which a site tells browsers what not to allow, whoever serves it. */

/** How long browsers use HTTPS alone, `maxAge` in seconds. */
export interface StrictTransportSecurity {
  readonly maxAge: number;
  readonly includeSubDomains: boolean;
  readonly preload: boolean;
}

/** Value of `Strict-Transport-Security`. */
export const strictTransportSecurity = (hsts: StrictTransportSecurity): string =>
  [
    `max-age=${Math.round(hsts.maxAge)}`,
    ...(hsts.includeSubDomains ? ["includeSubDomains"] : []),
    ...(hsts.preload ? ["preload"] : []),
  ].join("; ");

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

/** Of every answer that says nothing else. */
export const defaultHeaders = {
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Permissions-Policy": noFeatures,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
} as const;
