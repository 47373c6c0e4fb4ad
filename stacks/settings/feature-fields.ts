import { z } from "zod";
import { chainProvidersFaults } from "../../services/contract/chains";
import { environment } from "../../services/contract/environment";
import { address, checked, count, port } from "./fields";
import { encrypted } from "./secret-keys";

/** Requests a minute; 0 is no limit. */
const rate = () => count(0, 10_000_000);

/** What is wrong with an origin, or undefined. */
function originFault(value: string): string | undefined {
  const shown = JSON.stringify(value);
  const write = 'write scheme, name and port alone: "https://app.example.com"';
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))
    return `${shown} is not an origin; ${write}`;
  return new URL(value).origin === value ? undefined : `${shown} is more than an origin; ${write}`;
}

function endpointFault(value: string): string | undefined {
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol))
    return `${JSON.stringify(value)} is not an url; write "https://s3.example.com"`;
  // A URL with a password in it must not be shown.
  const { username, password, search, hash } = parsed;
  return [username, password, search, hash].every((part) => part === "")
    ? undefined
    : 'has a user, a query or a fragment; write the address alone: "https://s3.example.com"';
}

const word = (what: string, pattern = /^[!-~]+$/) =>
  checked(z.string(), "format", (value) =>
    pattern.test(value) ? undefined : `${JSON.stringify(value)} is not ${what}`,
  );

/** Table of JSON-RPC providers as JSON text, or what the engine has made of it. */
const chains = z.unknown().transform((value, context): string | undefined => {
  if (value === undefined || value === "" || value === encrypted) return value === "" ? undefined : value;
  const faults = typeof value === "string" ? ["is not valid JSON"] : chainProvidersFaults(value);
  for (const message of faults)
    context.addIssue({
      code: "custom",
      message: `${message}; write {"ethereum": ["https://...", "https://..."]}`,
      params: { code: "chains" },
    });
  return JSON.stringify(value);
});

/** What the bundled services offer, and to whom. A feature whose group is absent is off. */
export const featureFields = {
  rateLimits: z
    .strictObject({
      user: rate()
        .optional()
        .describe(
          `Requests a minute that one user may make; 0 is no limit. Default ${environment.RATE_LIMIT_USER.default}.`,
        ),
      address: rate()
        .optional()
        .describe(
          `Requests a minute that one address may make; 0 is no limit. Default ${environment.RATE_LIMIT_ADDRESS.default}.`,
        ),
    })
    .optional()
    .describe("How often the API may be called. A change replaces the API's replicas."),
  allowedOrigins: z
    .array(checked(z.string(), "origin", originFault))
    .optional()
    .describe(
      "Origins whose pages may call the API: `[https://app.example.com]`. Default, also for an empty list: the stack's own sites.",
    ),
  stripe: z
    .strictObject({
      webhookSecret: z
        .string()
        .optional()
        .describe("Secret: what Stripe signs its webhooks with. A change replaces the API's replicas."),
    })
    .optional()
    .describe("Webhooks of Stripe. Default off."),
  storage: z
    .strictObject({
      endpoint: checked(z.string(), "format", endpointFault)
        .optional()
        .describe("URL of an S3-compatible store: `https://s3.example.com`."),
      region: word('a region; write one such as "auto" or "eu-central-1"')
        .optional()
        .describe(`Region of the store. Default \`${environment.STORAGE_REGION.default}\`.`),
      bucket: word(
        "the name of a bucket; write 3 to 63 lower-case letters, digits, dots and hyphens",
        /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      )
        .optional()
        .describe("Bucket of the files."),
      accessKeyId: word("an access key id, which has no blanks; write the id alone")
        .optional()
        .describe("Access key id."),
      secretAccessKey: z
        .string()
        .optional()
        .describe("Secret: the secret access key. A change replaces the API's replicas."),
    })
    .optional()
    .describe("Where users' files are: all keys but `region`, or none. Default off: files are not offered."),
  chains: chains
    .optional()
    .describe(
      'Secret as a whole: JSON-RPC URLs by chain as JSON, the first choice first, at most five: `{"ethereum": ["https://...", "https://..."]}`. `pulumi config set --secret backline:chains < chains.json` sets it. Default off.',
    ),
  smtp: z
    .strictObject({
      host: address().optional().describe("Host name of the mail server."),
      port: port()
        .optional()
        .describe(
          `Port of the mail server; on 465 TLS comes first, on others by STARTTLS. Default ${environment.SMTP_PORT.default}.`,
        ),
      user: word("a user, which has no blanks; write the name alone")
        .optional()
        .describe("User at the mail server. Default none: nobody signs in."),
      password: z
        .string()
        .optional()
        .describe("Secret: that user's password. A change replaces the worker's replicas."),
      from: word(
        'a sender; write "name@example.com" or "Name <name@example.com>"',
        /^([^<>\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/,
      )
        .optional()
        .describe("Sender of mail: `Backline <no-reply@example.com>`."),
    })
    .optional()
    .describe(
      "Mail: `host` and `from`, with `user` and `password` or without. Default off: no mail is sent.",
    ),
};
