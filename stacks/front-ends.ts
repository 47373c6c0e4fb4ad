import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { secret } from "@pulumi/pulumi";
import { Provider as VercelProvider } from "@pulumiverse/vercel/provider.js";
import {
  Frontend,
  type FrontendPlan,
  type FrontendSite,
  type PrebuiltOutput,
  planFrontend,
  writeOutput,
} from "../components/frontend";
import { strictTransportSecurity } from "../components/shared/security-headers";
import { bundleFrontEnds } from "./bundles";
import { destinationOf } from "./destinations";
import type { Settings, SiteSettings } from "./settings";
import type { ProjectSettings } from "./settings/settings";
import { sitesOnVercel } from "./sites";
import { originOf, urlOfService } from "./urls";

/** What Vercel does for one site of a front end: all that the site routes to others is sent on to the host. */
function siteOf(settings: Settings, front: ProjectSettings, site: SiteSettings): FrontendSite {
  const others = site.routes.filter(({ service }) => service !== front.name);
  return {
    hostname: site.hostname,
    redirectFrom: site.redirectFrom,
    contentSecurityPolicy: site.contentSecurityPolicy,
    rewrites: others.flatMap((route) => {
      const destination = destinationOf(settings, route);
      return destination === undefined
        ? []
        : [{ path: route.path, origin: originOf(destination, settings.proxy) }];
    }),
  };
}

/** Settings -> the front ends at Vercel: pure. */
export function planFrontEnds(settings: Settings): readonly FrontendPlan[] {
  const { hsts } = settings.proxy;
  return (settings.vercel?.projects ?? []).map((front) =>
    planFrontend({
      ...front,
      sites: sitesOnVercel(settings)
        .filter(({ routes }) => routes.some(({ path, service }) => path === "/" && service === front.name))
        .map((site) => siteOf(settings, front, site)),
      api: urlOfService(front.frontEnd.api, "https", settings),
      socket: urlOfService(front.frontEnd.socket, "wss", settings),
      strictTransportSecurity: hsts === undefined ? undefined : strictTransportSecurity(hsts),
    }),
  );
}

/** Front ends that were built on this machine, by name. */
export type Prebuilt = Readonly<Record<string, PrebuiltOutput>>;

/**
 * Builds the front ends that Vercel is sent ready-made.
 * @throws OperationError where one does not build.
 */
export async function prebuiltFrontEnds(settings: Settings, root: string): Promise<Prebuilt> {
  const plans = planFrontEnds(settings).filter(({ deployment }) => deployment.kind === "prebuilt");
  if (plans.length === 0) return {};
  const bundles = await bundleFrontEnds(settings, root);
  return Object.fromEntries(
    plans.flatMap((plan) => {
      const site = bundles[plan.name];
      return site === undefined
        ? []
        : [
            [
              plan.name,
              writeOutput(plan, join(site.directory, "app", "site"), join(root, ".backline", "build")),
            ],
          ];
    }),
  );
}

/** Registers the front ends at Vercel; who waits for what this answers waits until their pages are deployed. */
export function deployFrontEnds(
  { vercel: account }: Pick<Settings, "vercel">,
  plans: readonly FrontendPlan[],
  deployed: {
    readonly prebuilt: Prebuilt;
    readonly held: boolean;
    readonly after: readonly pulumi.Resource[];
  },
  options: pulumi.ComponentResourceOptions,
): pulumi.Resource[] {
  if (account === undefined) return [];
  const { token, team } = account;
  const provider = new VercelProvider("vercel", {
    apiToken: secret(token.reveal()),
    ...(team === undefined ? {} : { team }),
  });
  return plans.map((plan) => {
    const args = { ...deployed, plan, prebuilt: deployed.prebuilt[plan.name] };
    return new Frontend(plan.name, args, { ...options, providers: [provider] }).deployment;
  });
}
