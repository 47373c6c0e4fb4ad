import {
  type FrontendPlan,
  type FrontendPlanArgs,
  type PrebuiltOutput,
  planFrontend,
} from "../../components/frontend";
import { planFrontEnds } from "../../stacks/front-ends";
import { settingsOf } from "./plans";

const host = `
  backline:host:
    address: 203.0.113.20
    hostKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDZ5MHV3pgdOAs8A81bFu4m5pFX0BzbGJz5QqI2DKvyT
    publicKeys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB4Qu6jsnXpJbK6LbTDXdQMnQsDVM38POQ7Q1mfnn408 ops@example.com]`;

/** AudiFi in production: the domain itself and app at Vercel, www redirected. */
export const production = `
config:
  backline:domain: audifi.io${host}
  backline:sites:
    home: { platform: vercel, redirectFrom: [www.audifi.io] }
    app: { platform: vercel }
  backline:vercel: { team: audifi, token: { secure: "v1:..." } }
`;

/** AudiFi's staging, below the same domain. */
export const staging = `
config:
  backline:domain: audifi.io${host}
  backline:sites:
    api: { hostname: staging-api.audifi.io }
    studio: { hostname: staging-studio.audifi.io }
    home: { hostname: staging.audifi.io, platform: vercel }
    app: { hostname: staging-app.audifi.io, platform: vercel }
  backline:vercel: { team: audifi, token: { secure: "v1:..." } }
`;

/** A front end that Vercel builds from a repository, with an API on its own host name and a policy of its own. */
export const cluster: FrontendPlanArgs = {
  name: "web",
  source: "web",
  projectName: "audifi-frontend",
  gitRepository: { type: "github", repo: "audifi/audifi", productionBranch: "main" },
  protection: "all_deployments",
  password: undefined,
  variables: [],
  sites: [
    {
      hostname: "audifi.io",
      redirectFrom: ["www.audifi.io"],
      rewrites: [{ path: "/api", origin: "https://api.audifi.io" }],
      contentSecurityPolicy: undefined,
    },
    {
      hostname: "app.audifi.io",
      redirectFrom: [],
      rewrites: [{ path: "/api", origin: "https://api.audifi.io" }],
      contentSecurityPolicy: "default-src 'self'",
    },
  ],
  api: "https://api.audifi.io",
  socket: "wss://ws.audifi.io",
  strictTransportSecurity: "max-age=31536000; includeSubDomains",
};

/** The one front end of a stack's file. */
export function frontEndOf(text: string, stack: string): FrontendPlan {
  const [plan, ...others] = planFrontEnds(settingsOf(text, stack));
  if (plan === undefined || others.length > 0) throw new Error("the stack has not one front end at Vercel");
  return plan;
}

export const clusterPlan = (args: Partial<FrontendPlanArgs> = {}): FrontendPlan =>
  planFrontend({ ...cluster, ...args });

/** Files that were built, without their content. */
export const prebuilt: PrebuiltOutput = {
  files: {
    "../.backline/build/web-vercel-0/.vercel/output/config.json":
      "12~a9993e364706816aba3e25717850c26c9cd0d89d",
  },
  pathPrefix: "../.backline/build/web-vercel-0",
};
