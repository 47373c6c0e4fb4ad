import { canonical, keptReleases, labels } from "../shared/names";
import { commandLine, quote } from "../shared/shell";
import { taskCommand } from "../shared/task";
import type { Release } from "./release";

/** Releases that a host remembers, most of them without their images. */
const remembered = 20;

/** In the volume: JSON, one release a line, newest last. */
export const recordsFile = "releases.jsonl";

export interface RecordArgs {
  readonly stack: string;
  readonly release: Release;
  /** Whether the stack's file holds this release fast, and so goes back to it. */
  readonly rollback: boolean;
  /** Volume that the records are in. */
  readonly volume: string;
  /** An image that has a shell. */
  readonly image: string;
}

/**
 * A script for the machine that runs Pulumi: writes a release down on the host, removes images of releases before the
 * last five, and prints all that is written down. Who runs it and when is found out by it, so that neither is an input
 * that the next run would compare. The release that is the last one already is not written down again.
 */
export function recordScript(args: RecordArgs): string {
  const { id, images, migration, contracts } = args.release;
  const begin = (value: object): string => JSON.stringify(value).slice(0, -1);
  const same = `${begin({ id, images: JSON.parse(canonical(images)) })},`;
  const rest = begin({ migration, contracts }).slice(1);
  const told = [same, rest, args.rollback ? "rollback" : "deploy"].map((line) => `'${line}'`).join(" ");
  return [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's.
    "who=${GITHUB_ACTOR:-${GITLAB_USER_LOGIN:-}}",
    '[ -n "$who" ] || who="$(id -un 2> /dev/null || id -u)@$(uname -n)"',
    `who=$(printf %s "$who" | LC_ALL=C tr -cd 'A-Za-z0-9@._+-')`,
    "when=$(date -u +%Y-%m-%dT%H:%M:%SZ)",
    `printf '%s\\n' "$when" "$who" ${told} | on_host ${quote(`sh -c ${quote(onHost(args))}`)}`,
  ].join("\n");
}

function onHost({ stack, volume, image }: RecordArgs): string {
  const run = taskCommand({
    stack,
    image,
    entrypoint: "/bin/sh",
    arguments: ["-euc", write],
    options: ["-i", "--network", "none", "--user", "0:0", "--volume", `${volume}:/releases`],
  });
  return ["set -eu", `records=$(${run})`, tidy(stack), 'printf "%s\\n" "$records"'].join("\n");
}

/** Reads what it is told and answers all records. No quotes but double ones: it stands in three others. */
const write = [
  "cd /releases",
  "read -r when; read -r who; read -r same; read -r rest; read -r kind",
  `touch ${recordsFile}`,
  `last=$(tail -n 1 ${recordsFile})`,
  'case "$last" in "$same"*) ;; *)',
  '  id=$(printf "%s" "$same" | cut -d "\\"" -f 4) before=$(printf "%s" "$last" | cut -d "\\"" -f 4) from=',
  '  if [ "$kind" = rollback ] && [ -n "$before" ] && [ "$before" != "$id" ]; then from=",\\"rolledBackFrom\\":\\"$before\\""; fi',
  `  tail -n ${remembered - 1} ${recordsFile} > next`,
  '  printf "%s\\n" "$same$rest,\\"when\\":\\"$when\\",\\"who\\":\\"$who\\"$from}" >> next',
  `  mv next ${recordsFile} ;;`,
  "esac",
  `cat ${recordsFile}`,
].join("\n");

/**
 * Removes the stack's images but those of the last releases in `$records`, and those that a container uses, which Docker
 * itself keeps. What failed releases have left goes with the next good one.
 */
function tidy(stack: string): string {
  const own = commandLine(["--filter", `label=${labels.stack}=${stack}`]);
  const newest = `{ line[NR] = $0; id[NR] = $4 } END { for (n = NR; n > 0 && kept < ${keptReleases}; n--) if (!seen[id[n]]++) { kept++; print line[n] } }`;
  return [
    // Docker leaves the name of its own registry out of what it lists.
    `kept=$(printf "%s\\n" "$records" | awk -F "\\"" ${quote(newest)} | grep -o "\\"[^\\" ]*:[0-9a-f]\\{12\\}\\"" | sed "s|^.docker.io/|\\"|") || kept=`,
    `[ -z "$kept" ] || docker image ls ${own} --format "{{.Repository}}:{{.Tag}}" < /dev/null | while read -r image; do`,
    '  case "$image" in *"<none>"*) continue ;; esac',
    '  printf "%s\\n" "$kept" | grep -qxF "\\"$image\\"" || docker image rm "$image" > /dev/null 2>&1 < /dev/null || true',
    "done",
    `docker image prune --force ${own} > /dev/null < /dev/null`,
  ].join("\n");
}
