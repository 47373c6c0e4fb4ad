import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Image } from "../shared/context";
import { hostFiles } from "../shared/files";
import { gate } from "../shared/gate";
import { type Host, hostCommand } from "../shared/host";
import { liveConfig } from "../shared/live-config";
import { once, runContainer } from "../shared/run-container";
import type { Secret } from "../shared/secret";
import { quote } from "../shared/shell";
import type { MonitoringImage } from "./args";
import type { MonitoringPlan, ProgramPlan } from "./plan";

export interface MonitoringArgs {
  readonly host: Host;
  readonly nameKey: Secret;
  readonly plan: MonitoringPlan;
  readonly image: (name: MonitoringImage) => Image;
  /** Containers of the scrape configuration: services and stores. */
  readonly after: readonly pulumi.Resource[];
}

/** Prometheus, Alertmanager, the exporters and Grafana, reachable on the monitoring network only. */
export class Monitoring extends pulumi.ComponentResource {
  constructor(name: string, args: MonitoringArgs, options?: pulumi.ComponentResourceOptions) {
    super("backline:monitoring:Monitoring", name, {}, options);
    const programs: readonly [MonitoringImage, string, ProgramPlan | undefined][] = [
      ["prometheus", "prometheus", args.plan.prometheus],
      ["alertmanager", "alertmanager", args.plan.alertmanager],
      ["nodeExporter", "node-exporter", args.plan.nodeExporter],
      ["redisExporter", "redis-exporter", args.plan.redisExporter],
      ["postgresExporter", "postgres-exporter", args.plan.postgresExporter],
      ["grafana", "grafana", args.plan.grafana],
    ];
    for (const [image, program, plan] of programs)
      if (plan) this.#run(program, plan, args.image(image), args);
    this.registerOutputs({});
  }

  #run(name: string, plan: ProgramPlan, image: Image, { host, nameKey, after }: MonitoringArgs): void {
    const child = { parent: this };
    const dependsOn = [image.resource, ...after];
    const before: pulumi.Resource[] = [];
    if (plan.volume)
      before.push(
        new docker.Volume(
          `${name}-data`,
          { name: plan.volume.name, labels: plan.volume.labels },
          { ...child, retainOnDelete: true },
        ),
      );
    if (plan.files)
      before.push(
        hostFiles(`${name}-files`, host, plan.files, image.reference, {
          ...child,
          dependsOn: [image.resource],
        }),
      );
    if (plan.config)
      before.push(
        liveConfig(`${name}-config`, host, nameKey, plan.config, image.reference, { ...child, dependsOn }),
      );
    const container = runContainer(name, plan.container, image, {
      ...child,
      ...once,
      dependsOn: [...dependsOn, ...before],
    });
    const ready = gate(
      `${name}-gate`,
      host,
      { container: plan.container.name, probe: plan.container.spec.health.test, timeout: 90 },
      container.id,
      child,
    );
    if (plan.afterStart)
      hostCommand(
        `${name}-started`,
        host,
        {
          create: `id=${quote(plan.container.name)}\n${plan.afterStart.command}`,
          stdin: pulumi.secret(plan.afterStart.stdin.reveal()),
        },
        { ...child, dependsOn: [ready] },
      );
  }
}
