import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const kinds = ["container", "network", "volume", "image"] as const;

/** A `docker` that remembers what was made, as a file for each thing with its labels as lines. */
export interface FakeDocker {
  /** The script, for `fakePrograms`. */
  readonly script: string;
  /** Lines of shell for another program that makes things (`thing <kind> <name> <label>...`) and may die at a `step <name>`. */
  readonly prelude: string;
  /** The directory of files on the host. */
  readonly files: string;
  /** Everything that is there, as `<kind> <name>`. */
  readonly things: () => string[];
  readonly make: (kind: (typeof kinds)[number], name: string, ...labels: readonly string[]) => void;
  /** A program ends with an error where its call, or a step of it, has these words in it; undefined: none does. */
  readonly dieAt: (words: string | undefined) => void;
  readonly remove: () => void;
}

export function fakeDocker(): FakeDocker {
  const folder = mkdtempSync(join(tmpdir(), "backline-docker-"));
  for (const kind of kinds) mkdirSync(join(folder, kind));
  const files = join(folder, "files");
  const deathFile = join(folder, "death");
  const prelude = [
    `db=${folder}`,
    'step() { [ ! -e $db/death ] || case "$*" in *"$(cat $db/death)"*) exit 137 ;; esac; }',
    'thing() { step "thing $*"; kind=$1; name=$2; shift 2; printf "%s\\n" "$@" > $db/$kind/$name; }',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's.
    'step "${0##*/} $*"',
  ].join("\n");
  return {
    files,
    prelude,
    script: `${prelude}\n${program}`,
    things: () =>
      kinds.flatMap((kind) =>
        readdirSync(join(folder, kind))
          .sort()
          .map((name) => `${kind} ${name}`),
      ),
    make: (kind, name, ...labels) => writeFileSync(join(folder, kind, name), `${labels.join("\n")}\n`),
    dieAt: (words) => {
      rmSync(deathFile, { force: true });
      if (words !== undefined) writeFileSync(deathFile, words);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const container = JSON.stringify({
  ...{ Id: "@", Name: "/@", RestartCount: 0, HostConfig: { Memory: 0, NanoCpus: 0 } },
  Config: { Image: "image", Labels: { "backline.service": "api" } },
  State: { Status: "running", StartedAt: "2030-01-01T00:00:00Z", ExitCode: 0, Health: { Status: "healthy" } },
});
const info = JSON.stringify({
  ...{ MemTotal: 16 * 2 ** 30, NCPU: 4, ServerVersion: "28", MemoryLimit: true, CpuCfsQuota: true },
});

const program = `
label= mount= words=
verb="$1 $2"
[ "$1" = info ] && { echo '${info}'; exit 0; }
[ "$1" = context ] && { echo unix:///var/run/docker.sock; exit 0; }
kind=$1
[ "$1" = run ] || shift
shift
while [ $# -gt 0 ]; do
  case "$1" in
    --filter) label=\${2#label=}; shift ;;
    --label) words="$words
$2"; shift ;;
    --volume) mount=\${2%%:*}; shift ;;
    --format) shift ;;
    --*) ;;
    *) [ $kind = run ] || names="$names $1" ;;
  esac
  shift
done
case "$verb" in
  "run "*)
    # What the container sees as /files.
    mkdir -p "$mount"
    eval "$(printf %s "$last" | sed "s|/files|$mount|")" ;;
  "image inspect") case "$names" in *postgres*) ;; *) exit 1 ;; esac ;;
  "volume create") printf "%s" "$words" | tail -n +2 > $db/volume/\${names# }; echo $names ;;
  "volume inspect")
    printf "["
    for name in $names; do
      printf '%s{"Name":"%s","Labels":{' "$comma" $name; comma=; 
      while IFS= read -r line || [ -n "$line" ]; do
        printf '%s"%s":"%s"' "$comma" "\${line%%=*}" "$(printf %s "\${line#*=}" | sed 's/"/\\\\"/g')"; comma=,
      done < $db/volume/$name
      printf "}}"; comma=,
    done
    echo "]" ;;
  "container inspect")
    printf "["
    for name in $names; do printf "%s" "$comma"; echo '${container}' | sed "s/@/$name/g"; comma=,; done
    echo "]" ;;
  *" ls")
    for file in $db/$kind/*; do
      [ -e "$file" ] || continue
      if grep -qxF "$label" "$file" || grep -q "^$label=" "$file"; then basename "$file"; fi
    done ;;
  *" rm") for name in $names; do rm $db/$kind/$name; done ;;
  *) exit 9 ;;
esac`;
