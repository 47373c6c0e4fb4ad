import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { execa } from "execa";

export const root = resolve(import.meta.dirname, "..", "..");

export interface Outcome {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `./backline` as a user does; never throws for its exit code. */
export async function backline(...args: string[]): Promise<Outcome> {
  const { exitCode, stdout, stderr } = await execa(join(root, "backline"), args, {
    reject: false,
    stdin: "ignore",
  });
  return { exitCode, stdout, stderr };
}

/** Runs a line of shell in a checkout after `eval "$(./backline env <stack>)"`; `input` is its standard input. */
export async function inShellOf(
  stack: string,
  line: string,
  input?: string,
  checkout = root,
): Promise<Outcome> {
  const script = `eval "$(./backline env ${stack})"\n${line}`;
  const { exitCode, stdout, stderr } = await execa("bash", ["-c", script], {
    cwd: checkout,
    reject: false,
    ...(input === undefined ? { stdin: "ignore" } : { input }),
  });
  return { exitCode, stdout, stderr };
}

/** Docker on this machine. */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await execa("docker", args);
  return stdout;
}

/** Runs a command of Docker's somewhere and answers its output. */
export type DockerCommand = (...args: string[]) => Promise<string>;

const linesOf = (text: string): string[] => text.split("\n").filter((line) => line !== "");

/** Every container of a stack, or of one service of it. */
export async function containersOf(
  stack: string,
  run: DockerCommand = docker,
  service?: string,
): Promise<{ id: string; name: string }[]> {
  const labels = [
    `backline.stack=${stack}`,
    ...(service === undefined ? [] : [`backline.service=${service}`]),
  ];
  const filter = [
    ...labels.flatMap((label) => ["--filter", `label=${label}`]),
    "--format",
    "{{.ID}} {{.Names}}",
  ];
  return linesOf(await run("ps", "--all", "--no-trunc", ...filter))
    .map((line) => {
      const [id = "", name = ""] = line.split(" ");
      return { id, name };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Everything on a Docker that carries a stack's label or name. */
export async function remains(stack: string, run: DockerCommand = docker): Promise<Record<string, string[]>> {
  const label = `label=backline.stack=${stack}`;
  const lines = async (...args: string[]) => linesOf(await run(...args)).sort();
  return {
    containers: await lines("ps", "--all", "--filter", label, "--format", "{{.Names}}"),
    networks: await lines("network", "ls", "--filter", label, "--format", "{{.Name}}"),
    images: await lines("images", "--filter", `reference=backline/${stack}-*`, "--format", "{{.Repository}}"),
    volumes: await lines("volume", "ls", "--filter", label, "--format", "{{.Name}}"),
  };
}

export const stackFile = (stack: string): string => join(root, `Pulumi.${stack}.yaml`);

/** Replaces a text of a stack's file, which must be there, and answers a function that puts it back. */
export function edit(stack: string, from: string, to: string): () => void {
  const before = readFileSync(stackFile(stack), "utf8");
  if (!before.includes(from)) throw new Error(`${stackFile(stack)} does not hold ${from}`);
  writeFileSync(stackFile(stack), before.replace(from, to));
  return () => writeFileSync(stackFile(stack), before);
}

/** Removes what a stack left in the checkout. */
export function forget(stack: string): void {
  for (const path of [
    stackFile(stack),
    join(root, ".backline", stack),
    join(root, ".backline", "passphrases", stack),
    join(root, ".backline", "backups", stack),
  ])
    rmSync(path, { recursive: true, force: true });
}

/** Takes a stack's state away, as in a checkout that did not deploy it; answers a function that puts it back. */
export function setStateAside(stack: string): () => void {
  const state = join(root, ".backline", "state", ".pulumi", "stacks", "backline", `${stack}.json`);
  const aside = `${state}.aside`;
  renameSync(state, aside);
  return () => renameSync(aside, state);
}

/** Text of every file below a folder of the checkout. */
export function filesBelow(path: string): { path: string; text: string }[] {
  const folder = join(root, path);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: file, text: readFileSync(file, "utf8") }));
}
