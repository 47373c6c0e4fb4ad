import type { Fault } from "./fault";

const setToken = (key: string): string => `pulumi config set --secret --path 'backline:${key}'`;

/** What Cloudflare and Vercel refuse, as their providers write it. */
export const vendorFaults: readonly Fault[] = [
  {
    pattern:
      /api\.cloudflare\.com[^\n]*429 Too Many|exceeded available rate limit retries|consider throttling your request speed/i,
    say: () =>
      "Cloudflare takes no more requests from this token for now (429); wait five minutes and run the command again, which goes on from where this one is",
    example:
      '429 Too Many Requests {"success":false,"errors":[{"code":971,"message":"Please wait and consider throttling your request speed"}]}',
  },
  {
    pattern:
      /api\.cloudflare\.com[^\n]*: (?:401|403) |(?:HTTP status 403: )?Authentication error \(10000\)|"message": ?"(?:Authentication error|Unable to authenticate request|Invalid access token)"/,
    say: () =>
      `Cloudflare refuses the token (403); docs/dns.md lists the rights that it needs and for which zone: make such a one and run: ${setToken("cloudflare.apiToken")}`,
    example: "failed to create DNS record: Authentication error (10000)",
  },
  {
    pattern: /api\.cloudflare\.com[^\n]*: (5\d\d) /,
    say: ([, status]) =>
      `Cloudflare itself fails (${status}); see https://www.cloudflarestatus.com and run the command again later, which goes on from where this one is`,
    example: 'PUT "https://api.cloudflare.com/client/v4/zones/023e105f/settings/ssl": 502 Bad Gateway',
  },
  {
    pattern: /unexpected error: (?:forbidden|not_authorized|unauthorized|missing_scope) - ([^\n]+)/i,
    say: ([, why = ""]) =>
      `Vercel refuses the token (403: ${why.trim().replace(/\.$/, "")}); see that it is the token of the team in vercel.team and has not ended, or make another one at https://vercel.com/account/tokens and run: ${setToken("vercel.token")}`,
    example: "Could not create project, unexpected error: forbidden - Not authorized",
  },
  {
    pattern: /unexpected error: (?:rate_limited|too_many_requests) - ([^\n]+)/i,
    say: ([, why = ""]) =>
      `Vercel takes no more requests for now (429: ${why.trim().replace(/\.$/, "")}); wait a while and run the command again, which goes on from where this one is`,
    example: "Could not create project, unexpected error: rate_limited - Too many requests",
  },
];
