import { createHash } from "node:crypto";
import { quote } from "../shared/shell";
import { hostState, renderGuard } from "./guard";
import type { HostPlan } from "./plan";
import type { HostFile, HostGroup, HostStep } from "./step";

/** Ends the content of a file in a script. */
const end = "BACKLINE_END";

const isLeftOut = (plan: HostPlan, step: HostStep): boolean => plan.container && step.kernelWide;

const beginning = (plan: HostPlan, group: HostGroup, purpose: string): string[] => [
  "#!/bin/sh",
  `# ${purpose} the group ${group.name}. Made by Backline.`,
  "set -eu",
  "umask 022",
  "export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C",
  `release=$(. /etc/os-release; echo "$ID-$VERSION_ID")`,
  `if [ "$release" != ${plan.distribution.release} ]; then`,
  `  echo "the host runs $release, and this is for ${plan.distribution.release}" >&2`,
  "  exit 2",
  "fi",
  'if [ "$(id -u)" != 0 ]; then echo "this needs root; run it with sudo" >&2; exit 2; fi',
];

const put = `\
# put <path> <mode> <owner> [<validation>]: the file takes its place whole, accepted, and only where it differs.
put() {
  mkdir -p "$(dirname "$1")"
  (umask 077; cat > "$1.backline-new") || { rm -f "$1.backline-new"; return 1; }
  chmod "$2" "$1.backline-new"
  chown "$3" "$1.backline-new"
  if [ -n "\${4-}" ] && ! sh -c "$4" validate "$1.backline-new"; then
    rm -f "$1.backline-new"
    echo "$1 is refused by its own program; the one before it stays" >&2
    return 1
  fi
  if cmp -s "$1.backline-new" "$1" && [ "$(stat -c '0%a %U:%G' "$1")" = "$2 $3" ]; then
    rm -f "$1.backline-new"
  else
    touch "$state/$step.pending"
    mv -f "$1.backline-new" "$1"
  fi
}`;

function putFile({ path, mode, owner, content, validate }: HostFile): string {
  if (!content.endsWith("\n") || content.split("\n").includes(end))
    throw new Error(`${path} cannot be written by a script`);
  const words = [path, mode, owner, ...(validate === undefined ? [] : [validate])].map(quote);
  return `put ${words.join(" ")} << '${end}'\n${content}${end}`;
}

/** One script that applies a group, as root. It can be run again, also after it was cut off. */
export function renderApply(plan: HostPlan, group: HostGroup): string {
  const steps = group.steps.map((step) =>
    isLeftOut(plan, step)
      ? `echo ${quote(`${step.name}: left out, a container shares the kernel with others`)}`
      : [
          `step=${step.name}`,
          `echo ${quote(`${step.name}: ${step.sets}`)}`,
          ...step.files.map(putFile),
          `if [ -e "$state/$step.pending" ]; then changed=1; else changed=0; fi`,
          "(",
          step.apply,
          ")",
          `rm -f "$state/$step.pending"`,
          `echo ${quote(`${step.name}: done`)}`,
        ].join("\n"),
  );
  return `${[
    ...beginning(plan, group, "Applies"),
    // Files there say which step was begun and has not ended.
    `state=${hostState}`,
    'mkdir -p -m 0700 "$state"',
    ...(group.guard === undefined ? ["finish() { :; }", "take_back() { :; }"] : [renderGuard(group.guard)]),
    "step=",
    `trap 'status=$?; finish; [ "$status" = 0 ] || { echo "the step $step failed with exit code $status" >&2; take_back; }' EXIT`,
    put,
    "",
    steps.join("\n\n"),
  ].join("\n")}\n`;
}

const same = `\
# same <path> <mode> <owner> <SHA-256>: whether a file is as it should be.
same() {
  if [ ! -f "$1" ]; then echo "$1 is missing"; return 1; fi
  if [ "$(sha256sum < "$1")" != "$4  -" ]; then echo "$1 has another content"; return 1; fi
  if [ "$(stat -c '0%a %U:%G' "$1")" != "$2 $3" ]; then echo "$1 has another mode or owner than $2 $3"; return 1; fi
}`;

const hash = (content: string): string => createHash("sha256").update(content).digest("hex");

/** One script that changes nothing and prints a line a step. Exit code 0: no drift, 1: drift. */
export function renderCheck(plan: HostPlan, group: HostGroup): string {
  const steps = group.steps.map((step) =>
    isLeftOut(plan, step)
      ? `echo ${quote(`left out: ${step.name}, a container shares the kernel with others`)}`
      : [
          `step=${step.name}`,
          "report=$(",
          "different=0",
          ...step.files.map(
            ({ path, mode, owner, content }) =>
              `same ${path} ${mode} ${owner} ${hash(content)} || different=1`,
          ),
          "(",
          step.check,
          ") || different=1",
          'exit "$different"',
          ") && found=ok || found=drift",
          "tell",
        ].join("\n"),
  );
  return `${[
    ...beginning(plan, group, "Checks, and changes nothing of,"),
    "drifted=0",
    same,
    "tell() {",
    '  echo "$found: $step"',
    '  if [ "$found" = drift ]; then',
    "    drifted=1",
    `    printf '%s\\n' "$report" | sed 's/^/  /'`,
    "  fi",
    "}",
    "",
    steps.join("\n\n"),
    "",
    'exit "$drifted"',
  ].join("\n")}\n`;
}
