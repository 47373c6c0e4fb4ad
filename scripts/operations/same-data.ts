import { z } from "zod";
import { InputError, type Problem } from "../../components/shared/errors";
import { labels } from "../../components/shared/names";
import { stackFile } from "../../stacks/settings/load-file";
import type { Settings } from "../../stacks/settings/settings";
import { type DockerTarget, docker } from "./docker";

const inspected = z.array(
  z.object({ Config: z.object({ Image: z.string(), Env: z.array(z.string()).nullish() }) }),
);

/** What the PostgreSQL of a stack was made with, as far as its container tells. */
export interface KeptData {
  readonly database: string | undefined;
  /** Major version: `15`. */
  readonly major: string | undefined;
}

/** `15` of `postgres:15.21-bookworm`; undefined of an image by its digest alone. */
export const majorOf = (reference: string): string | undefined =>
  /:(\d+)(?:[.-][^:/@]*)?(?:@|$)/.exec(reference)?.[1];

/**
 * Refuses to deploy what would leave the data of a stack where nothing finds it, or could not read it: the database has
 * the name of the system, and a major version of PostgreSQL reads no other's files. An update would notice only after it
 * has stopped the old PostgreSQL.
 * @throws InputError with both, if both are so.
 */
export async function requireSameData(target: DockerTarget, settings: Settings): Promise<void> {
  if (target.host?.installed === false) return;
  const kept = await keptData(target);
  const problems = kept === undefined ? [] : dataFaults(kept, settings);
  if (problems.length > 0) throw new InputError(problems);
}

export function dataFaults(kept: KeptData, { stack, system, images, postgres }: Settings): Problem[] {
  const found = (path: string, message: string): Problem => ({
    code: "data",
    file: stackFile(stack),
    path,
    message,
  });
  const { database, major } = kept;
  const wanted = majorOf(`postgres:${images.catalogue.postgres.tag}`);
  return [
    ...(database === undefined || database === postgres?.database
      ? []
      : [
          found(
            "system",
            `"${system}" keeps its data in ${postgres === undefined ? "no PostgreSQL" : "a database of that name"}, and the stack's data is in "${database}"; write system: ${database}, or make another stack for it: ./backline init <stack> --domain <domain>`,
          ),
        ]),
    ...(major === undefined || wanted === undefined || major === wanted
      ? []
      : [
          found(
            "images.override.postgres",
            `PostgreSQL ${wanted} cannot read what PostgreSQL ${major} has stored; name a version ${major}, or make another stack and move the data there with pg_dump`,
          ),
        ]),
  ];
}

/** Undefined: there is no PostgreSQL of the stack. */
async function keptData(target: DockerTarget): Promise<KeptData | undefined> {
  const filters = [`${labels.stack}=${target.stack}`, `${labels.service}=postgres`];
  const words = filters.flatMap((label) => ["--filter", `label=${label}`]);
  const [id = ""] = (await docker(target, ["container", "ls", "--all", "--quiet", ...words])).split("\n");
  if (id === "") return undefined;
  const [container] = inspected.parse(JSON.parse(await docker(target, ["container", "inspect", id])));
  const prefix = "POSTGRES_DB=";
  return {
    database: container?.Config.Env?.find((line) => line.startsWith(prefix))?.slice(prefix.length),
    major: majorOf(container?.Config.Image ?? ""),
  };
}
