import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { execa } from "execa";
import { OperationError } from "../components/shared/errors";
import { cached, cacheRoot } from "./cache";
import type { OwnEngine } from "./choose";
import type { Progress, Report } from "./progress";
import { versions } from "./versions";

const site = "https://get.pulumi.com/releases/sdk";

/** Answers where Pulumi's downloads can be had. */
export const officialProbe = `${site}/pulumi-${versions.pulumi}-checksums.txt`;

/** The user's own PULUMI_HOME, apart from one of Backline's that an earlier `env` left in the shell. */
export function ownPulumiHome(environment: NodeJS.ProcessEnv = process.env): string {
  const configured = environment.PULUMI_HOME;
  const own = configured !== undefined && configured !== "" && !configured.startsWith(cacheRoot());
  return own ? configured : join(homedir(), ".pulumi");
}

/** The `pulumi` that the user has on PATH or in the home that Pulumi's own installer uses. */
export async function findOwnEngine(
  environment: NodeJS.ProcessEnv = process.env,
): Promise<OwnEngine | undefined> {
  const home = ownPulumiHome(environment);
  const folders = [...(environment.PATH ?? "").split(delimiter), join(home, "bin")].filter(
    (folder) => folder !== "" && !folder.startsWith(cacheRoot()),
  );
  const path = folders.map((folder) => join(folder, "pulumi")).find((file) => existsSync(file));
  if (path === undefined) return undefined;
  const answer = await execa(path, ["version"], { reject: false, timeout: 10_000, stdin: "ignore" });
  const version = /^v?(\d+\.\d+\.\d+\S*)/.exec(answer.stdout.trim())?.[1];
  return version === undefined ? undefined : { path, version, hasPlugins: hasPlugins(home) };
}

function hasPlugins(home: string): boolean {
  return Object.entries(versions.providers).every(([name, version]) =>
    existsSync(join(home, "plugins", `resource-${name}-v${version}`)),
  );
}

const architectures: Readonly<Record<string, string>> = { x64: "x64", arm64: "arm64" };

/** Name of the release's archive for a platform as Node.js names it. Throws an OperationError if there is none. */
export function archiveName(platform: string, architecture: string): string {
  const machine = architectures[architecture];
  if (!["linux", "darwin"].includes(platform) || machine === undefined)
    throw new OperationError(
      `Pulumi has no release for ${platform} on ${architecture} that Backline can unpack; install pulumi ${versions.pulumi} yourself and put it on PATH`,
    );
  return `pulumi-v${versions.pulumi}-${platform}-${machine}.tar.gz`;
}

/** The SHA-256 of a file in a list of lines `<hex>  <name>`. */
export function checksumOf(list: string, name: string): string | undefined {
  return list
    .split("\n")
    .map((line) => line.trim().split(/\s+\*?/))
    .find(([sum, file]) => file === name && /^[0-9a-f]{64}$/.test(sum ?? ""))?.[0];
}

/**
 * The folder with the programs of Pulumi's own release, downloaded where the cache does not hold it and unpacked once
 * its checksum is right.
 */
export async function downloadEngine(progress: Progress): Promise<string> {
  const archive = archiveName(process.platform, process.arch);
  const folder = await progress.task(`Pulumi ${versions.pulumi} from get.pulumi.com`, (report) =>
    cached({
      name: "pulumi-release",
      key: archive.replace(/\.tar\.gz$/, ""),
      report,
      build: (staging) => download(archive, staging, report),
    }),
  );
  return join(folder, "bin");
}

async function download(archive: string, staging: string, report: Report): Promise<void> {
  const list = await fetched(officialProbe);
  const expected = checksumOf(await list.text(), archive);
  if (expected === undefined)
    throw new OperationError(`Pulumi's list of checksums does not name ${archive}; nothing was installed`);
  const file = join(staging, archive);
  await save(await fetched(`${site}/${archive}`), file, report);
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  if (hash.digest("hex") !== expected)
    throw new OperationError(
      `The download of ${archive} does not have the checksum that Pulumi publishes; nothing was installed, run the command again`,
    );
  const bin = join(staging, "bin");
  await mkdir(bin);
  await execa("tar", ["-xzf", file, "-C", bin, "--strip-components=1"]);
  await rm(file);
}

async function fetched(url: string): Promise<Response> {
  const response = await fetch(url).catch((error: unknown) => {
    throw new OperationError(`${url} cannot be reached (${String(error)}); try --toolchain registry`);
  });
  if (!response.ok)
    throw new OperationError(`${url} answered ${response.status}; try again later or --toolchain registry`);
  return response;
}

async function save(response: Response, file: string, report: Report): Promise<void> {
  if (response.body === null) throw new OperationError(`${response.url} answered without content; try again`);
  let bytes = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      report(`${Math.round(bytes / 1e6)} MB`);
      done(null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(response.body), counter, createWriteStream(file));
}
