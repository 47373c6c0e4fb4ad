import * as pulumi from "@pulumi/pulumi";
import type { Image } from "../shared/context";
import { type FilesPlan, hostFiles } from "../shared/files";
import { type Host, hostCommand } from "../shared/host";
import { contentHash, labels } from "../shared/names";
import { commandLine, quote } from "../shared/shell";
import type { ServicePlanArgs } from "./args";
import { planSecretFiles, storeEnvironment } from "./plan";

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
  const files = planSecretFiles(args, "migrations");
  const environment = { STACK: args.stack, ...storeEnvironment(args.stores).postgres };
  const name = `${args.stack}-migrations-${contentHash([args.imageReference, environment, files.directory])}`;
  const words = [
    ...["docker", "run", "--rm", "--name", name, "--network", args.networks.data],
    ...["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges:true"],
    ...["--memory", "256m", "--memory-swap", "256m", "--cpus", "0.5"],
    ...["--label", `${labels.stack}=${args.stack}`, "--label", `${labels.service}=migrations`],
    ...["--label", `${labels.kind}=task`, "--volume", `${files.directory}:/run/backline:ro`],
    ...Object.entries(environment).flatMap(([variable, value]) => ["--env", `${variable}=${value}`]),
    args.imageReference,
  ];
  // What a killed run left behind would hold the name.
  const command = `docker rm --force ${quote(name)} > /dev/null 2>&1 || true\n${commandLine(words)}`;
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
