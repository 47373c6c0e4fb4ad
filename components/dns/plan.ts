import type { DnsPlanArgs } from "./args";
import type { RecordPlan } from "./record";
import { planRecords } from "./records";
import { planRulesets, type RulesetPlan } from "./rulesets";
import { planZoneSettings, type ZoneSettingPlan } from "./zone-settings";

/** What holds for the zone as a whole. */
export interface ZonePlanOfOwner {
  readonly settings: readonly ZoneSettingPlan[];
  readonly rulesets: readonly RulesetPlan[];
  readonly originPulls: boolean;
}

export interface DnsPlan {
  readonly zone: string;
  /** The zone by its id, or the account in which it is made. */
  readonly place: { readonly zoneId: string } | { readonly accountId: string };
  readonly records: readonly RecordPlan[];
  /** Undefined: another stack owns the zone. */
  readonly owned: ZonePlanOfOwner | undefined;
}

/** Stands for an id that a preview does without. */
const unknownId = "0".repeat(32);

function placeOf({ zoneId, accountId }: DnsPlanArgs): DnsPlan["place"] {
  if (zoneId !== undefined) return { zoneId };
  return accountId === undefined ? { zoneId: unknownId } : { accountId };
}

export function planDns(args: DnsPlanArgs): DnsPlan {
  return {
    zone: args.zone,
    place: placeOf(args),
    records: planRecords(args),
    owned:
      args.role === "owner"
        ? {
            settings: planZoneSettings(args),
            rulesets: planRulesets(args),
            originPulls: args.originPulls,
          }
        : undefined,
  };
}
