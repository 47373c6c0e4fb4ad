import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { execa } from "execa";
import { postgres } from "../../components/postgres/place";
import { redis } from "../../components/redis/place";
import { OperationError } from "../../components/shared/errors";
import { labels } from "../../components/shared/names";
import { commandLine } from "../../components/shared/shell";
import { sshCommand } from "../../components/shared/ssh";
import { type DockerTarget, docker } from "./docker";
import { stateFolder } from "./state/local";

const mib = 2 ** 20;

/** Free room of a file system that an update writes to, in bytes. */
export interface Room {
  /** What lies there: `the state`. */
  readonly what: string;
  readonly path: string;
  readonly free: number;
  /** What has to be free before an update begins. */
  readonly need: number;
  /** How room is made there. */
  readonly mend: string;
}

/** An update writes the state anew with each resource, keeps copies of earlier ones, and bundles the services. */
const stateNeed = 256 * mib;
/** The images of a release of one's own, and the logs of new containers, until those of old releases are removed. */
const imagesNeed = 1024 * mib;
/** A store that starts again writes first: PostgreSQL recovers from its log, Redis rewrites its file. */
const dataNeed = 256 * mib;

/** Where this checkout keeps its state; nothing for a state that is on another machine. */
export async function roomOfState(root: string): Promise<Room[]> {
  const path = stateFolder(root);
  if (path === undefined) return [];
  const mend = "delete what is not needed there";
  return [{ what: "the state", path, free: await freeAt(path), need: stateNeed, mend }];
}

/** Bytes that this user may still write where a path is or will be. */
export async function freeAt(path: string): Promise<number> {
  let existing = path;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = await statfs(existing);
  return bavail * bsize;
}

/** Where a stack's Docker keeps images, and where those of its stores that run keep their data. */
export async function roomOfDocker(target: DockerTarget): Promise<Room[]> {
  if (target.host?.installed === false) return [];
  const [images, stores] = await Promise.all([roomOfImages(target), roomOfStores(target)]);
  return images === undefined ? stores : [images, ...stores];
}

/** Where those stores of a stack that run keep their data. */
export async function roomOfStores(target: DockerTarget): Promise<Room[]> {
  const found = await Promise.all([
    roomOfStore(target, "postgres", "PostgreSQL's data", postgres.data),
    roomOfStore(target, "redis", "Redis' data", redis.data),
  ]);
  return found.filter((room) => room !== undefined);
}

async function roomOfImages(target: DockerTarget): Promise<Room | undefined> {
  const path = rootOf(await docker(target, ["info", "--format", "{{json .}}"]));
  if (path === undefined) return undefined;
  const free = target.host === undefined ? await freeOfDaemon(path) : await freeOnHost(target.host, path);
  const mend = "docker system df shows what takes room there";
  return free === undefined
    ? undefined
    : { what: "Docker's images and data", path, free, need: imagesNeed, mend };
}

function rootOf(info: string): string | undefined {
  const path: unknown = Object(JSON.parse(info)).DockerRootDir;
  return typeof path === "string" && path !== "" ? path : undefined;
}

/** A daemon that is elsewhere, or in a virtual machine, has its folder there and not here. */
async function freeOfDaemon(path: string): Promise<number | undefined> {
  const remote = /^(tcp|ssh|https?):/.test(process.env.DOCKER_HOST ?? "");
  return remote || !existsSync(path) ? undefined : await freeAt(path);
}

async function freeOnHost(
  { access, connection, sudo }: NonNullable<DockerTarget["host"]>,
  path: string,
): Promise<number | undefined> {
  const words = [...(sudo ? ["sudo", "-n"] : []), ...freeCommand(path)];
  const [program = "ssh", ...others] = sshCommand(access, connection, commandLine(words));
  const { stdout } = await execa(program, others, { reject: false, stdin: "ignore" });
  return parseFree(stdout ?? "");
}

/** A store is asked inside its container: that is its own file system, wherever its volume may be. */
async function roomOfStore(
  target: DockerTarget,
  service: string,
  what: string,
  path: string,
): Promise<Room | undefined> {
  const filters = [`${labels.stack}=${target.stack}`, `${labels.service}=${service}`];
  const ids = await docker(target, [
    ...["container", "ls", "--quiet", "--filter", "status=running"],
    ...filters.flatMap((label) => ["--filter", `label=${label}`]),
  ]);
  const [id] = ids.split("\n");
  if (id === undefined || id === "") return undefined;
  // One that has just ended has no room to tell of, and the update is what may bring it back.
  const text = await docker(target, ["exec", id, ...freeCommand(path)]).catch(() => "");
  const free = parseFree(text);
  const volume = `${target.stack}-${service}-data`;
  const mend = `make room in the volume ${volume}, or give it more`;
  return free === undefined ? undefined : { what: `${what} (${volume})`, path, free, need: dataNeed, mend };
}

const freeCommand = (path: string): string[] => ["df", "-Pk", path];

/** Bytes that are free, by what `df -Pk` prints of one path. */
export function parseFree(text: string): number | undefined {
  const [, line = ""] = text.trim().split("\n");
  const [, kibibytes] = /\s\d+\s+\d+\s+(\d+)\s+\d+%\s/.exec(line) ?? [];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

/** `200 MiB`, `1.5 GiB` */
const sizeText = (bytes: number): string =>
  bytes < 1024 * mib ? `${Math.floor(bytes / mib)} MiB` : `${(bytes / mib / 1024).toFixed(1)} GiB`;

export const lacks = ({ free, need }: Room): boolean => free < need;

/** What is wrong with a file system, before the semicolon, and what to do. */
export const renderRoom = ({ what, path, free, need }: Room): string =>
  `${what}, at ${path}: ${sizeText(free)} free, and an update needs ${sizeText(need)}`;

/**
 * Refuses to update where a file system has too little room: half an update is worse than none.
 * @throws OperationError with a sentence for each of them.
 */
export function requireRoom(rooms: readonly Room[]): void {
  const sentences = rooms
    .filter(lacks)
    .map((room) => `the disk is almost full: ${renderRoom(room)}; ${room.mend}, and run the command again`);
  if (sentences.length > 0) throw new OperationError(sentences.join("\n"));
}
