import { z } from "zod";
import { domain } from "./fields";

/** Where a site is served. */
export const platforms = ["host", "vercel"] as const;
export type SitePlatform = (typeof platforms)[number];

/** The key `sites`: where each site of the system is, by the site's name. */
export const siteFields = z
  .record(
    z.string(),
    z.strictObject({
      hostname: domain()
        .optional()
        .describe(
          "Host name: `staging-api.example.com`. Default the site's name before `domain`, or what the system says.",
        ),
      platform: z
        .enum(platforms)
        .optional()
        .describe(
          "Where the site is served: `host`, by the proxy, or `vercel`, which a site with a front end at `/` can choose. Default `host`.",
        ),
      redirectFrom: z
        .array(domain())
        .optional()
        .describe(
          "Further host names, which lead to the site by a permanent redirect wherever the site is served: `[www.example.com]`. Default none.",
        ),
    }),
  )
  .optional()
  .describe("Where the system's sites are, by name.");
