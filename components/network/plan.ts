import type { Networks } from "../shared/context";
import { labels } from "../shared/names";

export interface NetworkPlan {
  readonly key: keyof Networks;
  readonly name: string;
  /** Without a way out of the host. */
  readonly internal: boolean;
  readonly labels: readonly { readonly label: string; readonly value: string }[];
}

export const networkNames = (stack: string): Networks => ({
  edge: `${stack}-edge`,
  data: `${stack}-data`,
  monitoring: `${stack}-monitoring`,
});

/** Stores are on an internal network: nothing there reaches the internet or is reached from it. */
export function planNetworks(stack: string): NetworkPlan[] {
  const names = networkNames(stack);
  return (["edge", "data", "monitoring"] as const).map((key) => ({
    key,
    name: names[key],
    internal: key === "data",
    labels: [{ label: labels.stack, value: stack }],
  }));
}
