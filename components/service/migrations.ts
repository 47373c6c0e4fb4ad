import * as pulumi from "@pulumi/pulumi";
import type { Image } from "../shared/context";
import { type FilesPlan, hostFiles } from "../shared/files";
import { type Host, hostCommand } from "../shared/host";
import { contentHash, labels } from "../shared/names";
import { quote } from "../shared/shell";
import { taskCommand } from "../shared/task";
import type { ServicePlanArgs } from "./args";
import { planEnvironment, secretsPath, storeValues } from "./environment";
import { planSecretFiles } from "./plan";

export type MigrationsPlanArgs = Pick<
  ServicePlanArgs,
  "stack" | "host" | "nameKey" | "networks" | "imageReference" | "stores" | "secrets"
>;

export interface MigrationsPlan {
  readonly files: FilesPlan;
  /** Shell script that runs a container which applies what is not applied yet, and waits for its end. */
  readonly command: string;
}

export function planMigrations(args: MigrationsPlanArgs): MigrationsPlan {
  const { environment, files: secretFiles } = planEnvironment("migrations", {
    STACK: args.stack,
    ...storeValues(args),
  });
  const files = planSecretFiles(args, "migrations", secretFiles);
  const name = `${args.stack}-migrations-${contentHash([args.imageReference, environment, files.directory])}`;
  const run = taskCommand({
    stack: args.stack,
    image: args.imageReference,
    options: [
      ...["--name", name, "--network", args.networks.data, "--label", `${labels.service}=migrations`],
      ...["--memory", "256m", "--memory-swap", "256m", "--cpus", "0.5"],
      ...["--volume", `${files.directory}:${secretsPath}:ro`],
      ...Object.entries(environment).flatMap(([variable, value]) => ["--env", `${variable}=${value}`]),
    ],
  });
  // What a killed run left behind would hold the name.
  const command = `docker rm --force ${quote(name)} > /dev/null 2>&1 || true\n${run}`;
  return { files, command };
}

export interface MigrationsArgs {
  readonly host: Host;
  readonly image: Image;
  readonly plan: MigrationsPlan;
  /** Id of the database's container: a new one is migrated again, which does nothing where nothing is new. */
  readonly database: pulumi.Input<string>;
  readonly after: readonly pulumi.Resource[];
}

/** Applies the SQL migrations once, before new replicas start. */
export class Migrations extends pulumi.ComponentResource {
  readonly applied: pulumi.Resource;

  constructor(name: string, args: MigrationsArgs, options?: pulumi.ComponentResourceOptions) {
    super("backline:service:Migrations", name, {}, options);
    const child = { parent: this };
    const { reference, resource } = args.image;
    const files = hostFiles(`${name}-files`, args.host, args.plan.files, reference, {
      ...child,
      dependsOn: [resource],
    });
    this.applied = hostCommand(
      `${name}-apply`,
      args.host,
      { create: args.plan.command, triggers: [args.database] },
      { ...child, dependsOn: [files, ...args.after] },
    );
    this.registerOutputs({});
  }
}
