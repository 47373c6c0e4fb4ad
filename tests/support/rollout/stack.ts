import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { releaseRecord } from "../../../components/release/release";
import { presentHolder } from "../../../scripts/operations/stack-lock";
import type { ServiceName } from "../../../services/contract/environment";
import { containersOf, docker, type Outcome, remains } from "../backline";
import { Checkout, type Group } from "../checkout";
import { Client } from "../client";
import { Load } from "../load/load";
import type { LoadOptions } from "../load/protocol";
import { secretsOf } from "../secrets";

export interface RolloutStackOptions {
  readonly stack: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  /** Further lines of the stack's file, below `config:`. */
  readonly settings?: readonly string[];
  /** Done when nothing of the stack is there any more, before its first release. */
  readonly prepare?: () => Promise<void>;
}

/** One run of a command that deploys. */
export interface Deploy extends Outcome {
  /** Milliseconds since 1970. */
  readonly began: number;
  readonly ended: number;
}

const outputs = z.object({
  caCertificate: z.string(),
  containers: z.array(z.object({ name: z.string(), service: z.string() })),
  release: z.string(),
  releases: z.array(releaseRecord),
});

const findings = z.array(
  z.object({ name: z.string(), status: z.string(), detail: z.string(), mend: z.string().optional() }),
);
const doctor = z.object({ findings });

const status = z.object({
  release: z.string(),
  healthy: z.boolean(),
  lastUpdate: z.enum(["succeeded", "failed"]),
  containers: z.array(
    z.object({
      name: z.string(),
      service: z.string(),
      version: z.string().optional(),
      left: z.boolean().optional(),
      health: z.string().optional(),
    }),
  ),
});

/** A first line of every process; what is put behind it makes another release. */
const beginning = "run(async () => {";

/** How a release can be bad, as a change of the API's source. */
export const badReleases = {
  "never becomes healthy": {
    from: "checks: storeChecks(pool, redis),",
    to: 'checks: [{ name: "release", run: () => Promise.reject(new Error("it is bad")) }],',
  },
  "crashes on start": { from: beginning, to: `${beginning} throw new Error("the release is bad");` },
  "hangs on start": {
    from: beginning,
    to: `${beginning} await new Promise(() => setInterval(() => undefined, 1_000));`,
  },
} as const;

/** A load, but for where it goes. */
export type StackLoad = Omit<LoadOptions, "api" | "sockets" | "caPath" | "address">;

/** A stack of its own in a copy of the project, in which releases are made by changes of the services' sources. */
export class RolloutStack {
  #made: Checkout | undefined;
  #proxyLine: string | undefined;
  readonly api: string;
  readonly sockets: string;

  constructor(private readonly options: RolloutStackOptions) {
    this.api = `https://api.audifi.localhost:${options.httpsPort}`;
    this.sockets = `wss://api.audifi.localhost:${options.httpsPort}/ws`;
  }

  get #checkout(): Checkout {
    this.#made ??= new Checkout(this.options.stack);
    return this.#made;
  }

  /** Makes the stack and deploys its first release. */
  async create(): Promise<void> {
    const { stack, httpPort, httpsPort, settings = [], prepare } = this.options;
    const proxy = [`httpPort: ${httpPort}`, `httpsPort: ${httpsPort}`, "certificates: internal"];
    this.#checkout.configure(
      [
        "config:",
        "  backline:domain: audifi.localhost",
        ...settings.map((line) => `  ${line}`),
        "  backline:proxy:",
        ...proxy.map((line) => `    ${line}`),
        "",
      ].join("\n"),
    );
    await this.#destroy();
    await prepare?.();
    const init = await this.#checkout.backline("init");
    if (init.exitCode !== 0) throw new Error(`init of ${stack} failed: ${init.stderr}`);
    const { exitCode, stdout, stderr } = await this.deploy();
    if (exitCode !== 0) throw new Error(`the first deploy of ${stack} failed: ${stdout}\n${stderr}`);
  }

  /** @param environment What the command's environment has besides that of the test. */
  deploy(environment?: Readonly<Record<string, string>>): Promise<Deploy> {
    return this.#timed("deploy", environment);
  }

  rollback(): Promise<Deploy> {
    return this.#timed("rollback");
  }

  /** A command that a test may end before its time. */
  start(command: string, ...args: string[]): Group {
    return this.#checkout.startGroup(command, this.options.stack, ...args);
  }

  /** Gives secrets new values; without a name all that can be rotated. */
  async rotate(name?: string): Promise<Deploy> {
    const began = Date.now();
    const { exitCode, stdout, stderr } = await this.startRotation(name);
    return { exitCode, stdout, stderr, began, ended: Date.now() };
  }

  /** The same as a process that a test may kill. */
  startRotation(name?: string) {
    const words = name === undefined ? [] : [name];
    return this.#checkout.start("secrets", "rotate", this.options.stack, ...words, "--yes");
  }

  /** The decrypted secrets, by name. */
  secrets(): Promise<Record<string, string>> {
    return secretsOf(this.options.stack, this.#checkout.root);
  }

  /** How far the rotation of a secret is, as the stack's file says; undefined: none is under way. */
  phaseOf(name: string): unknown {
    const text = readFileSync(join(this.#checkout.root, `Pulumi.${this.options.stack}.yaml`), "utf8");
    return parse(text).config["backline:rotation"]?.[name]?.phase;
  }

  async #timed(command: string, environment?: Readonly<Record<string, string>>): Promise<Deploy> {
    const began = Date.now();
    const outcome = await this.#checkout.within(environment, command, this.options.stack, "--yes");
    return { ...outcome, began, ended: Date.now() };
  }

  /** Makes the sources of a service those of another release. */
  release(service: Exclude<ServiceName, "migrations">, name: string): void {
    this.#checkout.change(
      `services/${service}/main.ts`,
      beginning,
      `${beginning} process.title = ${JSON.stringify(`${service} ${name}`)};`,
    );
  }

  /** Makes the API's sources those of a bad release. */
  badRelease(kind: keyof typeof badReleases): void {
    const { from, to } = badReleases[kind];
    this.#checkout.change("services/api/main.ts", from, to);
  }

  /** Replaces a text of a source, which must be there, until it is restored. */
  change(path: string, from: string, to: string): void {
    this.#checkout.change(path, from, to);
  }

  restore(path: string): void {
    this.#checkout.change(path, "", "");
  }

  add(path: string, text: string): void {
    this.#checkout.add(path, text);
  }

  drop(path: string): void {
    this.#checkout.drop(path);
  }

  /** Whether a run of Backline works on it now. */
  isHeld(): boolean {
    return presentHolder(this.#checkout.root, this.options.stack) !== undefined;
  }

  /** What `./backline doctor` finds, whatever its exit code. */
  async doctor(): Promise<z.output<typeof findings>> {
    const { stdout } = await this.#checkout.run("doctor", "--json");
    return doctor.parse(JSON.parse(stdout)).findings;
  }

  /** What `./backline status` says, whatever its exit code. */
  async status(): Promise<z.output<typeof status>> {
    const { stdout } = await this.#checkout.backline("status", "--json");
    return status.parse(JSON.parse(stdout));
  }

  /** Changes the proxy's part of the stack's file: `streamCloseDelay: 5s`, or nothing for what it was at first. */
  configureProxy(line: string | undefined): void {
    const first = "    certificates: internal\n";
    if (this.#proxyLine !== undefined) this.#checkout.reconfigure(this.#proxyLine, "");
    this.#proxyLine = line === undefined ? undefined : `    ${line}\n`;
    if (this.#proxyLine !== undefined) this.#checkout.reconfigure(first, first + this.#proxyLine);
  }

  async outputs(): Promise<z.output<typeof outputs>> {
    const { stdout } = await this.#checkout.backline("outputs", "--json");
    return outputs.parse(JSON.parse(stdout));
  }

  async client(): Promise<Client> {
    return new Client((await this.outputs()).caCertificate);
  }

  async startLoad(options: StackLoad): Promise<Load> {
    const { caCertificate } = await this.outputs();
    const where = { api: this.api, sockets: this.sockets, caPath: caCertificate, address: "127.0.0.1" };
    return Load.start({ ...where, ...options });
  }

  /** Containers of a service, replicas that are being replaced among them. */
  async containers(service: string): Promise<{ readonly id: string; readonly name: string }[]> {
    return await containersOf(this.options.stack, docker, service);
  }

  remains(): Promise<Record<string, string[]>> {
    return remains(this.options.stack);
  }

  /** Volumes without a name, of everything on this Docker. */
  async anonymousVolumes(): Promise<string[]> {
    const names = await docker("volume", "ls", "--quiet", "--filter", "label=com.docker.volume.anonymous");
    return names.split("\n").filter((name) => name !== "");
  }

  /** Removes the stack with its data, and the copy of the project. */
  async remove(): Promise<void> {
    await this.#destroy();
    this.#checkout.remove();
  }

  async #destroy(): Promise<void> {
    const { exitCode, stdout, stderr } = await this.#checkout.backline("destroy", "--yes", "--delete-data");
    if (exitCode !== 0) throw new Error(`${this.options.stack} was not removed: ${stdout}\n${stderr}`);
  }
}
