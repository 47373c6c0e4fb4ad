import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Image } from "../shared/context";
import { type Host, operatorCommand } from "../shared/host";
import { labels } from "../shared/names";
import { recordScript } from "./record-script";
import { parseRecords, type Release, type ReleaseRecord } from "./release";

export interface ReleasesArgs {
  readonly host: Host;
  readonly release: Release;
  readonly rollback: boolean;
  /** An image that has a shell. */
  readonly image: Image;
  /** What proves the release good: the gates, and the proxy that knows the new replicas. */
  readonly after: readonly pulumi.Resource[];
}

/** Writes every good release down on the host, in a volume that is kept and removed with the data. */
export class Releases extends pulumi.ComponentResource {
  /** All that is written down, newest last. Known only once this release is good. */
  readonly records: pulumi.Output<readonly ReleaseRecord[]>;

  constructor(name: string, args: ReleasesArgs, options?: pulumi.ComponentResourceOptions) {
    super("backline:release:Releases", name, {}, options);
    const child = { parent: this };
    const { host, release, rollback, image, after } = args;
    const volume = `${host.stack}-releases-data`;
    const made = new docker.Volume(
      `${name}-data`,
      {
        name: volume,
        labels: [
          { label: labels.stack, value: host.stack },
          { label: labels.kind, value: "releases" },
        ],
      },
      { ...child, retainOnDelete: true },
    );
    const recorded = operatorCommand(
      `${name}-record`,
      host,
      {
        create: recordScript({ stack: host.stack, release, rollback, volume, image: image.reference }),
        quiet: true,
      },
      { ...child, dependsOn: [made, image.resource, ...after] },
    );
    this.records = recorded.stdout.apply(parseRecords);
    this.registerOutputs({});
  }
}
