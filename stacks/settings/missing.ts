import type { Finding } from "./checks";
import { missingOfHost } from "./host-checks";
import { missingSystemSecrets } from "./secrets";
import type { Settings } from "./settings";
import { missingOfVercel } from "./vercel-checks";
import { missingOfCloudflare } from "./zone-checks";

/** What a preview does without and a deploy does not, beside the secrets that `init` makes. */
export const missingOf = (settings: Settings): Finding[] => [
  ...missingSystemSecrets(settings),
  ...missingOfHost(settings),
  ...missingOfCloudflare(settings),
  ...missingOfVercel(settings),
];
