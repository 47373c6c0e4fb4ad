import { AuthenticatedOriginPullsSettings } from "@pulumi/cloudflare/authenticatedOriginPullsSettings.js";
import { DnsRecord } from "@pulumi/cloudflare/dnsRecord.js";
import { Ruleset } from "@pulumi/cloudflare/ruleset.js";
import { Zone } from "@pulumi/cloudflare/zone.js";
import { ZoneSetting } from "@pulumi/cloudflare/zoneSetting.js";
import * as pulumi from "@pulumi/pulumi";
import type { DnsPlan } from "./plan";

/** A zone's records, and, where the stack owns the zone, what holds for all of it. */
export class Dns extends pulumi.ComponentResource {
  /** Name servers that the domain's registrar has to be told; undefined where the zone was there before. */
  readonly nameServers: pulumi.Output<string[]> | undefined;

  constructor(name: string, plan: DnsPlan, options?: pulumi.ComponentResourceOptions) {
    super("backline:dns:Dns", name, {}, options);
    const child = { parent: this };
    const { place, owned } = plan;
    const made =
      "accountId" in place
        ? new Zone(
            `${name}-zone`,
            { name: plan.zone, account: { id: place.accountId }, type: "full" },
            // With the zone everything in it would go, other stacks' records as well.
            { ...child, retainOnDelete: true },
          )
        : undefined;
    const zoneId = "accountId" in place ? made?.id : place.zoneId;
    if (zoneId === undefined) throw new Error(`the zone ${plan.zone} has no id`);
    this.nameServers = made?.nameServers;

    for (const { key, inputs } of plan.records)
      new DnsRecord(
        `${name}-${key}`,
        { ...inputs, zoneId },
        // A CNAME cannot stand beside what it replaces.
        { ...child, deleteBeforeReplace: true },
      );
    for (const { id, value } of owned?.settings ?? [])
      new ZoneSetting(`${name}-${id.replaceAll("_", "-")}`, { settingId: id, value, zoneId }, child);
    for (const { key, phase, rules } of owned?.rulesets ?? [])
      new Ruleset(
        `${name}-${key}`,
        { name: `Backline ${key}`, kind: "zone", phase, rules: [...rules], zoneId },
        // A zone has one set a phase.
        { ...child, deleteBeforeReplace: true },
      );
    if (owned !== undefined)
      new AuthenticatedOriginPullsSettings(
        `${name}-origin-pulls`,
        { enabled: owned.originPulls, zoneId },
        child,
      );
    this.registerOutputs({});
  }
}
