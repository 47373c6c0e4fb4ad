import { refuse } from "../shared/ssh";
import { hostState, revertedMark, revertSeconds } from "./guard";
import type { HostGroup } from "./step";

/** What the words of a program that failed mean to the operator: a pattern of `grep -E`, and the mend. */
const faults = [
  [
    "No space left on device|enough free space",
    "the disk of the host is full; make room there, df -h shows where it is used",
  ],
  [
    "Could not get lock|Unable to acquire the dpkg|locked by another process",
    "another program holds the lock of the packages; wait until it has ended, or end it",
  ],
  [
    "Failed to fetch|Could not connect to|Could not resolve|Temporary failure resolving|Unable to locate package|no installation candidate",
    "the host does not get packages from its mirror; see /etc/apt/sources.list and whether the host reaches what is named there",
  ],
] as const;

/** Says in one sentence why the script of a group failed, from what it has printed. */
const explain = (group: HostGroup["name"]): string[] => [
  `step=$(sed -n 's/^the step \\(.*\\) failed with exit code .*/\\1/p' "$log" | tail -n 1)`,
  `what="the host could not be prepared (${group}\${step:+, step $step})"`,
  `after="run this again"`,
  `if grep -q '^what this run has changed is taken back' "$log"; then after="what this run has changed is taken back"; fi`,
  "explain() {",
  '  said=$(grep -m 1 -E "$1" "$log") || return 0',
  '  refuse "$what: $2 ($said); then run this again"',
  "}",
  ...faults.map(([pattern, mend]) => `explain "${pattern}" "${mend}"`),
  // A full disk also swallows what would be printed.
  `full=$(df -Pk "$state" /etc /var 2> /dev/null | awk 'NR > 1 && $4 < 1024 { print $6; exit }')`,
  `if [ -n "$full" ]; then refuse "$what: the disk of the host is full at $full; make room there, df -h shows where it is used; then run this again"; fi`,
  `if [ ${revertedMark} -nt "$script" ] && [ -z "$step" ]; then refuse "$what: it was not done within ${revertSeconds} s, and is taken back; run this again"; fi`,
  `said=$(sed '/^the step .* failed with exit code /,$d' "$log" | grep -Ev '^(Killed|Terminated)?$' | tail -n 1) || said="nothing was printed"`,
  `if [ -z "$step" ]; then refuse "$what: it was ended before it was done, after: $said; run this again"; fi`,
  'refuse "$what: $said; $after"',
];

/**
 * Runs on the host as root, with the name of the run and the operator's address: takes a whole script from standard input and runs it in a session
 * of its own, so that a cut connection does not stop it half-way. Two never run at once. Ends with a sentence for the
 * operator where the script fails.
 */
export const launcher = (group: HostGroup["name"], lastLine: string): string =>
  [
    "set -eu",
    "umask 077",
    `state=${hostState}`,
    refuse,
    'full() { refuse "the host cannot write to $state ($said); make room there, df -h shows where it is used; nothing was changed"; }',
    'said=$(mkdir -p "$state" 2>&1) || full',
    'exec 9> "$state/lock"',
    'if ! flock -n 9; then echo "waiting for a run before this one to end on the host"; flock -w 900 9 || refuse "a run before this one has not ended on the host in 15 min; see what holds it up there"; fi',
    `script=$state/${group}.script log=$state/${group}.log`,
    'said=$(cat 2>&1 > "$script") || { rm -f "$script"; full; }',
    `if [ "$(tail -n 1 "$script")" != "${lastLine}" ]; then rm -f "$script"; refuse "the script did not arrive whole; nothing was changed"; fi`,
    'rm -f "$script.exit"',
    ': > "$log"',
    `BACKLINE_RUN=$1 BACKLINE_OPERATOR=$2 setsid sh -c 'sh "$1" > "$2" 2>&1; echo $? > "$1.exit"' run "$script" "$log" < /dev/null > /dev/null 2>&1 &`,
    // It ends early where the connection is cut; the rest here waits.
    'tail -n +1 -s 0.1 -f --pid=$! "$log" || true',
    "wait || true",
    `code=$(cat "$script.exit" 2> /dev/null) || code=`,
    'if [ "$code" = 0 ]; then rm -f "$script" "$script.exit"; exit 0; fi',
    ...explain(group),
  ].join("\n");
