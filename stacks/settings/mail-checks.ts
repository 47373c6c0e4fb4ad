import type { Finding } from "./checks";
import type { CloudflareConfig } from "./cloudflare-fields";

/** Names that a receiver looks up for one SPF record, RFC 7208. */
const mostIncludes = 10;

/** What is wrong with the mail of a zone. */
export function checkMail({ mail }: NonNullable<CloudflareConfig>): Finding[] {
  if (mail === undefined) return [];
  const found = (path: string, message: string): Finding => ({
    code: "dns-record",
    path: `cloudflare.mail.${path}`,
    message,
  });
  const { spf, dkim = {} } = mail;
  const includes = spf?.include?.length ?? 0;
  return [
    ...(includes > mostIncludes
      ? [
          found(
            "spf.include",
            `has ${includes} names, and receivers look up ${mostIncludes} at most; write fewer, or ranges in spf.ip`,
          ),
        ]
      : []),
    ...Object.entries(dkim).flatMap(([selector, { target, key }]) => [
      ...(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(selector)
        ? []
        : [
            found(
              `dkim.${selector}`,
              `"${selector}" is not a selector; write lower-case letters, digits and inner hyphens`,
            ),
          ]),
      ...((target === undefined) === (key === undefined)
        ? [
            found(
              `dkim.${selector}`,
              "needs target or key, one of the two; write the one that the sender gives out",
            ),
          ]
        : []),
      ...(key !== undefined && !/^[A-Za-z0-9+/]{40,}={0,2}$/.test(key)
        ? [
            found(
              `dkim.${selector}.key`,
              'is not a public key in Base64; write what stands after "p=", without blanks',
            ),
          ]
        : []),
    ]),
  ];
}
