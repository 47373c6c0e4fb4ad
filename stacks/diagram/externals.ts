import { type EnvironmentName, environment } from "../../services/contract/environment";
import type { Settings } from "../settings/settings";
import { idOf, link, node } from "./mermaid";

/** Somebody else's service, and the variable that only the processes that use it are given. */
interface External {
  readonly name: string;
  readonly host?: string | undefined;
  readonly variable: EnvironmentName;
  /** Whether it calls us. */
  readonly calls?: boolean;
}

/** The host of a URL: the rest of one may be a secret. */
function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined;
}

function used({ features }: Settings): External[] {
  const { stripe, storage, chains, smtp } = features;
  return [
    ...(storage
      ? [{ name: "object storage", host: hostOf(storage.endpoint), variable: "STORAGE_ENDPOINT" as const }]
      : []),
    ...(smtp
      ? [{ name: "mail server", host: `${smtp.host}:${smtp.port}`, variable: "SMTP_HOST" as const }]
      : []),
    ...(chains ? [{ name: "JSON-RPC providers", variable: "CHAIN_PROVIDERS_FILE" as const }] : []),
    ...(stripe ? [{ name: "Stripe", variable: "STRIPE_WEBHOOK_SECRET_FILE" as const, calls: true }] : []),
  ];
}

/** What the services and the monitoring reach outside, or are called by. */
export function externals(settings: Settings, serviceId: (name: string) => string): string[] {
  const { services, monitoring } = settings;
  const lines = used(settings).flatMap(({ name, host, variable, calls = false }) => {
    const readers: readonly string[] = environment[variable].readBy;
    const users = services
      .filter(
        ({ source, frontEnd }) => frontEnd === undefined && source !== undefined && readers.includes(source),
      )
      .map((service) => serviceId(service.name));
    if (users.length === 0) return [];
    const id = idOf("external", name);
    const shown = node(id, "outside", name, ...(host === undefined ? [] : [host]));
    // Who calls us comes in as everybody does.
    return [shown, calls ? link([id], ["proxy"], { text: ["webhooks"] }) : link(users, [id])];
  });
  const webhook = monitoring.enabled ? monitoring.alertWebhook : undefined;
  if (webhook === undefined) return lines;
  const receiver = node("external_alerts", "outside", "alert webhook", hostOf(webhook) ?? "");
  return [...lines, receiver, link(["alertmanager"], ["external_alerts"])];
}
