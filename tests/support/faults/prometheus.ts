import { z } from "zod";
import { docker } from "../backline";
import { eventually } from "../client";
import type { FaultRig } from "./rig";

const alerts = z.object({
  data: z.object({
    alerts: z.array(z.object({ state: z.string(), labels: z.record(z.string(), z.string()) })),
  }),
});

const rules = z.object({
  data: z.object({
    groups: z.array(z.object({ rules: z.array(z.object({ name: z.string(), query: z.string() })) })),
  }),
});

/** Prometheus of the stack, asked inside its container: it is published nowhere. */
export class Prometheus {
  constructor(private readonly rig: FaultRig) {}

  async #ask(path: string): Promise<unknown> {
    const url = `http://127.0.0.1:9090/api/v1/${path}`;
    return JSON.parse(await docker("exec", await this.rig.container("prometheus"), "wget", "-qO-", url));
  }

  /** Labels of the alerts of a name that fire now. */
  async firing(name: string): Promise<Record<string, string>[]> {
    const { data } = alerts.parse(await this.#ask("alerts"));
    return data.alerts
      .filter(({ state, labels }) => state === "firing" && labels.alertname === name)
      .map(({ labels }) => labels);
  }

  /** Waits for an alert with these labels: a few rounds of Prometheus' and what the alert itself waits. */
  async expectAlert(name: string, labels: Readonly<Record<string, string>>): Promise<void> {
    await eventually(
      `the alert ${name} of ${JSON.stringify(labels)}`,
      async () => {
        const found = await this.firing(name);
        return found.some((alert) => Object.entries(labels).every(([label, value]) => alert[label] === value))
          ? true
          : undefined;
      },
      180,
    );
  }

  /** Queries of the alerts that it evaluates, by name. */
  async rules(): Promise<Record<string, string>> {
    const { data } = rules.parse(await this.#ask("rules"));
    return Object.fromEntries(
      data.groups.flatMap((group) => group.rules).map(({ name, query }) => [name, query]),
    );
  }
}
