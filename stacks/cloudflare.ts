import { Provider as CloudflareProvider } from "@pulumi/cloudflare/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { Dns, OriginCertificate } from "../components/dns";
import { planOfDns } from "./dns";
import type { Settings } from "./settings";
import { usedNames } from "./sites";

/** As long as a token, since the provider may look at its form. */
const previewToken = "preview-only-token-that-opens-nothing---";

/** What of Cloudflare is the stack's; nothing where its settings name none. */
export interface AtCloudflare {
  readonly dns: Dns | undefined;
  readonly originCertificate: OriginCertificate | undefined;
}

/** Registers what the settings say about Cloudflare, with a provider of its own that alone has the token. */
export function registerCloudflare(settings: Settings, parent: pulumi.Resource): AtCloudflare {
  if (settings.cloudflare === undefined) return { dns: undefined, originCertificate: undefined };
  const provider = new CloudflareProvider(
    "cloudflare",
    { apiToken: pulumi.secret(settings.cloudflare.token?.reveal() ?? previewToken) },
    { parent },
  );
  const child = { parent, providers: [provider] };
  return {
    dns: new Dns("dns", planOfDns(settings, settings.cloudflare), child),
    originCertificate:
      settings.proxy.certificates.kind === "cloudflare"
        ? new OriginCertificate("origin-certificate", { hostnames: namesOnHost(settings) }, child)
        : undefined,
  };
}

/** Sorted, as Cloudflare gives them back. */
const namesOnHost = (settings: Settings): string[] =>
  usedNames(settings)
    .filter(({ platform }) => platform === "host")
    .map(({ name }) => name)
    .sort();
