import type { ZonePlan } from "./args";

/** What a plan has of each kind of rule; seconds. https://developers.cloudflare.com/waf and /rules, "Availability" */
export interface PlanLimits {
  readonly firewall: number;
  readonly rateLimits: number;
  /** Longest time over which requests are counted. */
  readonly period: number;
  /** Longest time for which an address is refused. */
  readonly timeout: number;
  readonly cache: number;
  readonly redirects: number;
  readonly managed: boolean;
  /** Whether a rule may log and do nothing else. */
  readonly log: boolean;
}

const day = 86_400;

export const planLimits: Readonly<Record<ZonePlan, PlanLimits>> = {
  free: {
    firewall: 5,
    rateLimits: 1,
    period: 10,
    timeout: 10,
    cache: 10,
    redirects: 10,
    managed: false,
    log: false,
  },
  pro: {
    firewall: 20,
    rateLimits: 2,
    period: 60,
    timeout: 3_600,
    cache: 25,
    redirects: 25,
    managed: true,
    log: false,
  },
  business: {
    firewall: 100,
    rateLimits: 5,
    period: 600,
    timeout: day,
    cache: 50,
    redirects: 50,
    managed: true,
    log: false,
  },
  enterprise: {
    firewall: 1_000,
    rateLimits: 100,
    period: 65_535,
    timeout: day,
    cache: 300,
    redirects: 300,
    managed: true,
    log: true,
  },
};

/** Times that Cloudflare takes, seconds: over which it counts, and for which it refuses. */
export const rateLimitPeriods = [
  10, 15, 20, 30, 40, 45, 60, 90, 120, 180, 240, 300, 480, 600, 900, 1_200, 1_800, 2_400, 3_600, 65_535,
  86_400,
] as const;

/** The longest of Cloudflare's times up to a minute that a plan has. */
export const periodOf = (plan: ZonePlan): number => Math.min(60, planLimits[plan].period);
