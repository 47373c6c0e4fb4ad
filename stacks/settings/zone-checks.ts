import type { ZonePlan } from "../../components/dns/args";
import type { Finding } from "./checks";
import { usesCloudflare, zoneOf } from "./cloudflare";
import { checkMail } from "./mail-checks";
import { checkRecords } from "./record-checks";
import { checkRules } from "./rule-checks";
import type { StackConfig } from "./schema";
import { encrypted } from "./secret-keys";
import { isPlaceholder } from "./secrets";
import type { Settings } from "./settings";

const found = (code: Finding["code"], path: string, message: string): Finding => ({ code, path, message });

/** Keys about a zone as a whole. */
const ownersKeys = [
  "accountId",
  "plan",
  "minTlsVersion",
  "waf",
  "rateLimits",
  "cache",
  "redirects",
  "headers",
] as const;

/** Another stack that says that it owns a zone. */
export interface ZoneOwner {
  readonly file: string;
  readonly zone: string;
}

const setToken = "run: pulumi config set --secret --path 'backline:cloudflare.apiToken'";

function checkToken(token: string | undefined): Finding[] {
  if (token === undefined || token === encrypted) return [];
  const path = "cloudflare.apiToken";
  if (token.trim() === "") return [found("empty-secret", path, `is empty; ${setToken}`)];
  if (isPlaceholder(token)) return [found("placeholder-secret", path, `is a placeholder; ${setToken}`)];
  return /\s/.test(token)
    ? [found("secret-characters", path, `has a blank or a line break in it; ${setToken}`)]
    : [];
}

/** What is wrong with the keys of `cloudflare`, each by itself and among one another. */
export function checkCloudflare(
  config: StackConfig,
  domain: string,
  owners: readonly ZoneOwner[],
): Finding[] {
  const { cloudflare } = config;
  if (cloudflare === undefined || !usesCloudflare(config)) return [];
  const zone = zoneOf(config, domain);
  const isOwner = cloudflare.zone === "owner";
  const other = owners.find((owner) => owner.zone === zone);
  const plan: ZonePlan = cloudflare.plan ?? "free";
  return [
    ...(isOwner && other
      ? [
          found(
            "zone",
            "cloudflare.zone",
            `"owner" is what ${other.file} says of the zone ${zone} too, and what holds for a zone has one place; write "member" in one of them`,
          ),
        ]
      : []),
    ...(isOwner
      ? []
      : ownersKeys
          .filter((key) => cloudflare[key] !== undefined)
          .map((key) =>
            found(
              "zone",
              `cloudflare.${key}`,
              `holds for the whole zone ${zone}, and this stack is a member of it; write it where cloudflare.zone is "owner"`,
            ),
          )),
    ...checkToken(cloudflare.apiToken),
    ...checkRecords(cloudflare, zone),
    ...checkMail(cloudflare),
    ...checkRules(config, cloudflare, zone, plan),
  ];
}

/** What a preview does without and a deploy does not. */
export function missingOfCloudflare({ cloudflare }: Pick<Settings, "cloudflare">): Finding[] {
  if (cloudflare === undefined) return [];
  const { role, zoneId, accountId, token } = cloudflare;
  const noZone = zoneId === undefined && !(role === "owner" && accountId !== undefined);
  return [
    ...(noZone
      ? [
          found(
            "zone",
            "cloudflare.zoneId",
            role === "owner"
              ? "is not set; write the id of the zone, or cloudflare.accountId to have it made"
              : "is not set; write the id of the zone",
          ),
        ]
      : []),
    ...(token === undefined
      ? [found("missing-secret", "cloudflare.apiToken", `is missing; ${setToken}`)]
      : []),
  ];
}
