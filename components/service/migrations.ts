import * as pulumi from "@pulumi/pulumi";
import type { Image, Limits, StackContext } from "../shared/context";
import { type FilesPlan, hostFiles } from "../shared/files";
import { type Host, hostCommand } from "../shared/host";
import { contentHash, labels } from "../shared/names";
import { quote } from "../shared/shell";
import { taskCommand } from "../shared/task";
import { cpuText } from "../shared/units";
import type { ImageContainer, ServicePlanArgs } from "./args";
import { type PlannedEnvironment, planEnvironment, secretsPath, storeValues } from "./environment";
import { planImageEnvironment, type StoreValuesArgs } from "./image-environment";
import { planSecretFiles } from "./plan";

export interface MigrationsPlan {
  /** Undefined: the container reads no secret. */
  readonly files: FilesPlan | undefined;
  /** Shell script that runs a container which applies what is not applied yet, and waits for its end. */
  readonly command: string;
}

interface Run extends StackContext, Limits {
  readonly imageReference: string;
  readonly planned: PlannedEnvironment;
  /** Undefined: the image's own. */
  readonly user: string | undefined;
  readonly entrypoint: readonly string[] | undefined;
  readonly command: readonly string[] | undefined;
}

function planRun(run: Run): MigrationsPlan {
  const { environment, files: secretFiles } = run.planned;
  const files =
    secretFiles.length === 0 ? undefined : planSecretFiles(run, "migrations", secretFiles, run.user);
  const [program, ...entryArguments] = run.entrypoint ?? [];
  const words = [...entryArguments, ...(run.command ?? [])];
  const name = `${run.stack}-migrations-${contentHash([run.imageReference, environment, files?.directory ?? "", ...(program === undefined ? [] : [program]), ...words])}`;
  const command = taskCommand({
    stack: run.stack,
    image: run.imageReference,
    ...(program === undefined ? {} : { entrypoint: program }),
    arguments: words,
    options: [
      ...["--name", name, "--network", run.networks.data, "--label", `${labels.service}=migrations`],
      ...["--memory", `${run.memory}m`, "--memory-swap", `${run.memory}m`, "--cpus", cpuText(run.cpu)],
      ...(run.user === undefined ? [] : ["--user", run.user]),
      ...(files === undefined ? [] : ["--volume", `${files.directory}:${secretsPath}:ro`]),
      ...Object.entries(environment).flatMap(([variable, value]) => ["--env", `${variable}=${value}`]),
    ],
  });
  // What a killed run left behind would hold the name.
  return { files, command: `docker rm --force ${quote(name)} > /dev/null 2>&1 || true\n${command}` };
}

const size: Limits = { memory: 256, cpu: 0.5 };

export type MigrationsPlanArgs = StackContext &
  Pick<ServicePlanArgs, "imageReference" | "stores" | "secrets">;

/** The migrations of the bundled services. */
export const planMigrations = (args: MigrationsPlanArgs): MigrationsPlan =>
  planRun({
    ...args,
    ...size,
    planned: planEnvironment("migrations", { STACK: args.stack, ...storeValues(args) }),
    user: undefined,
    entrypoint: undefined,
    command: undefined,
  });

export interface ImageMigrationsPlanArgs extends StackContext, Omit<StoreValuesArgs, "poolSize"> {
  readonly imageReference: string;
  readonly container: ImageContainer;
  /** MiB. */
  readonly memory: number;
}

/** Migrations from an image of one's own. */
export const planImageMigrations = (args: ImageMigrationsPlanArgs): MigrationsPlan =>
  planRun({
    ...args,
    cpu: size.cpu,
    planned: planImageEnvironment(args.container, { ...args, poolSize: 1 }),
    user: args.container.user,
    entrypoint: args.container.entrypoint,
    command: args.container.command,
  });

export interface MigrationsArgs {
  readonly host: Host;
  readonly image: Image;
  /** An image with a shell, which writes the secret files. */
  readonly writer: Image;
  readonly plan: MigrationsPlan;
  /** What a change of runs them again, which does nothing where nothing is new: the id of the database's container. */
  readonly triggers: readonly pulumi.Input<string>[];
  readonly after: readonly pulumi.Resource[];
}

/** Applies the migrations once, before new replicas start. */
export class Migrations extends pulumi.ComponentResource {
  readonly applied: pulumi.Resource;

  constructor(name: string, args: MigrationsArgs, options?: pulumi.ComponentResourceOptions) {
    super("backline:service:Migrations", name, {}, options);
    const child = { parent: this };
    const { image, writer, plan } = args;
    const files = plan.files
      ? [
          hostFiles(`${name}-files`, args.host, plan.files, writer.reference, {
            ...child,
            dependsOn: [writer.resource],
          }),
        ]
      : [];
    this.applied = hostCommand(
      `${name}-apply`,
      args.host,
      { create: plan.command, triggers: [...args.triggers] },
      { ...child, dependsOn: [image.resource, ...files, ...args.after] },
    );
    this.registerOutputs({});
  }
}
