import type { DnsPlanArgs } from "./args";

type Switch = "on" | "off";

/**
 * A setting of a zone. The provider hands the value on as it is, so that the keys of a group are those of Cloudflare's API
 * and not the provider's.
 */
export type ZoneSettingPlan =
  | { readonly id: "ssl"; readonly value: "strict" }
  | { readonly id: "min_tls_version"; readonly value: "1.2" | "1.3" }
  | { readonly id: "tls_1_3" | "always_use_https" | "http3" | "websockets"; readonly value: Switch }
  | {
      readonly id: "security_header";
      readonly value: {
        readonly strict_transport_security: {
          readonly enabled: boolean;
          readonly max_age: number;
          readonly include_subdomains: boolean;
          readonly preload: boolean;
          /** X-Content-Type-Options. */
          readonly nosniff: boolean;
        };
      };
    };

/** What a zone is set to. Full (strict): Cloudflare checks the certificate of whom it asks. */
export function planZoneSettings({ minTlsVersion, hsts }: DnsPlanArgs): ZoneSettingPlan[] {
  return [
    { id: "ssl", value: "strict" },
    { id: "min_tls_version", value: minTlsVersion },
    { id: "tls_1_3", value: "on" },
    { id: "always_use_https", value: "on" },
    { id: "http3", value: "on" },
    { id: "websockets", value: "on" },
    ...(hsts === undefined
      ? []
      : [
          {
            id: "security_header" as const,
            value: {
              strict_transport_security: {
                enabled: true,
                max_age: Math.round(hsts.maxAge),
                include_subdomains: hsts.includeSubDomains,
                preload: hsts.preload,
                nosniff: true,
              },
            },
          },
        ]),
  ];
}
