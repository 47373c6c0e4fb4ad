/** A store as its plan says, on a network and in a directory of a test's own, without the engine. */
import { randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { catalogue } from "../../components/images/catalogue";
import type { ContainerPlan } from "../../components/shared/container";
import type { StackContext } from "../../components/shared/context";
import type { FilesPlan } from "../../components/shared/files";
import { reveal } from "../../components/shared/files";
import { type LiveConfig, liveConfigCommand, withVersion } from "../../components/shared/live-config";
import { Secret } from "../../components/shared/secret";
import { runPlanned } from "./docker-run";
import { freePort, ownerLabel, ownerOf, testLabel } from "./stores";

export interface StorePlan {
  readonly container: ContainerPlan;
  readonly config: LiveConfig;
  readonly files?: FilesPlan;
  readonly volume: { readonly name: string };
}

export class PlannedStore {
  readonly context: StackContext;
  readonly imageReference: string;
  port = 0;
  #id = "";

  private constructor(
    kind: "postgres" | "redis",
    private readonly directory: string,
  ) {
    const stack = `rot-${randomBytes(4).toString("hex")}`;
    const network = `${stack}-data`;
    this.context = {
      stack,
      host: { ssh: undefined, directory, stack },
      nameKey: new Secret("key"),
      networks: { edge: network, data: network, monitoring: network },
    };
    this.imageReference = `${catalogue[kind].repository}:${catalogue[kind].tag}`;
  }

  static async create(kind: "postgres" | "redis"): Promise<PlannedStore> {
    return new PlannedStore(kind, await mkdtemp(join(tmpdir(), "backline-planned-")));
  }

  async start({ container, config, files }: StorePlan, port: number): Promise<void> {
    const { networks } = this.context;
    await execa("docker", ["network", "create", "--label", testLabel, networks.data]);
    // Before Docker makes it: what it makes belongs to root.
    const folder = join(this.directory, this.context.stack);
    await mkdir(folder);
    if (files !== undefined) {
      await mkdir(files.directory, { recursive: true });
      for (const { name, content } of files.files)
        await writeFile(join(files.directory, name), reveal(content));
      // The directory of a test is its user's alone; the container's user is another one.
      for (const path of [folder, files.directory]) await chmod(path, 0o755);
    }
    await this.configure(config);
    this.port = await freePort();
    this.#id = await runPlanned(container, {
      labels: [testLabel, `${ownerLabel}=${ownerOf(process.pid)}`],
      aliases: [],
      published: [`127.0.0.1:${this.port}:${port}`],
    });
  }

  /** Brings the live configuration to what it says, as an update does. */
  async configure(config: LiveConfig): Promise<void> {
    const { create } = liveConfigCommand(this.context.host, config, this.imageReference);
    await this.run(create, withVersion(this.context.nameKey, config.files));
  }

  /** Runs a script of a component. */
  async run(script: string, input: string): Promise<void> {
    await execa("sh", ["-c", `set -eu\n${script}`], { input });
  }

  async restart(): Promise<void> {
    await execa("docker", ["restart", "--time", "5", this.#id]);
  }

  async logs(): Promise<string> {
    const { all } = await execa("docker", ["logs", this.#id], { all: true });
    return all;
  }

  async remove(plan: StorePlan): Promise<void> {
    const quietly = { reject: false } as const;
    await execa("docker", ["rm", "--force", "--volumes", this.#id], quietly);
    await execa("docker", ["volume", "rm", plan.volume.name], quietly);
    await execa("docker", ["network", "rm", this.context.networks.data], quietly);
    const live = liveConfigCommand(this.context.host, plan.config, this.imageReference);
    await execa("sh", ["-c", live.delete], quietly);
    await rm(this.directory, { recursive: true, force: true });
  }
}
