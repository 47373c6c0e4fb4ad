import { quote } from "../shared/shell";
import { refusal, type SshAccess, sshDestination, sshFunctions } from "../shared/ssh";
import type { HostArgs } from "./args";
import { distributionNames } from "./distribution";
import { keepCommand } from "./guard";
import { launcher } from "./launcher";
import { type HostPlan, planHost } from "./plan";
import { renderApply, renderCheck } from "./render";
import type { HostGroup } from "./step";

/*
 * Scripts for the machine that runs Pulumi, which bring scripts to the host. They take one part for each known
 * distribution on standard input, and the host says which one it is.
 */

const partMark = "#@ ";
const lastLine = "# the end";

function parts(args: HostArgs, render: (plan: HostPlan) => string): string {
  return distributionNames
    .map((name) => `${partMark}${name}\n${render(planHost(args, name))}${lastLine}\n`)
    .join("");
}

/** Standard input of `applyScript`. */
export const applyParts = (args: HostArgs, group: HostGroup["name"]): string =>
  parts(args, (plan) =>
    plan.groups
      .filter(({ name }) => name === group)
      .map((found) => renderApply(plan, found))
      .join(""),
  );

/** Standard input of `checkScript`: every group's check, each a script of its own. */
export const checkParts = (args: HostArgs): string =>
  parts(args, (plan) =>
    [
      "drift=0",
      ...plan.groups.map(
        (group) => `sh << 'BACKLINE_CHECK' || drift=1\n${renderCheck(plan, group)}BACKLINE_CHECK`,
      ),
      'exit "$drift"\n',
    ].join("\n"),
  );

/** Says whom to be: the user, or before that user can sign in, whoever can. Leaves `$run`, `$become` and `$release`. */
function signIn(ssh: SshAccess): string {
  const user = sshDestination(ssh, "shared");
  const first = sshDestination(ssh, "first");
  const isSamePort = ssh.port === ssh.first.port;
  return [
    `run=on_host whom=${quote(user)}`,
    // Trying in vain again and again would look like an attack.
    "if on_host_first -O check > /dev/null 2>&1; then",
    `  run=on_host_first whom=${quote(first)}`,
    `  reach on_host_first || unreachable ${quote(first)}`,
    "elif ! reach on_host; then",
    // Where the port is another one, nothing listens there yet.
    ...(isSamePort
      ? [`  case "$answer" in *"Permission denied"*) ;; *) unreachable ${quote(user)} ;; esac`]
      : []),
    `  run=on_host_first whom=${quote(first)}`,
    `  reach on_host_first || unreachable ${quote(`${user} or ${first}`)}`,
    "fi",
    `release=$($run '. /etc/os-release; echo "$ID-$VERSION_ID"' < /dev/null) || refuse "the connection to $whom was lost; run this again"`,
    `case "$release" in ${distributionNames.join("|")}) ;; *) refuse "the host runs $release, and Backline prepares ${distributionNames.join(" or ")}; nothing was changed" ;; esac`,
    "become=",
    `if [ "$($run 'id -u' < /dev/null)" != 0 ]; then`,
    `  become="sudo -n "`,
    `  answer=$($run 'sudo -n true' 2>&1 < /dev/null) || refuse "$whom may not become root ($(last_line "$answer")); let that user use sudo without a password"`,
    "fi",
  ].join("\n");
}

/** The part of standard input for the host's distribution. */
const ownPart = `awk -v name="$release" 'index($0, "${partMark}") == 1 { on = (substr($0, ${partMark.length + 1}) == name); next } on'`;

const beginning = (ssh: SshAccess): string[] => ["set -eu", sshFunctions(ssh), signIn(ssh)];

/**
 * Prints a line each: the host's distribution, the connection that was made, the address that the host sees the
 * operator at, the number of the user there, and `docker` where it is installed. Changes nothing.
 */
export const factsScript = (ssh: SshAccess): string =>
  [
    ...beginning(ssh),
    'echo "$release"',
    'if [ "$run" = on_host ]; then echo shared; else echo first; fi',
    `$run 'echo "\${SSH_CONNECTION%% *}"; id -u; if command -v docker > /dev/null; then echo docker; fi' < /dev/null`,
  ].join("\n");

/** Prints what `renderCheck` says of every group. Exit code 0: no drift, 1: drift. Changes nothing. */
export const checkScript = (ssh: SshAccess): string =>
  [...beginning(ssh), `${ownPart} | $run "\${become}sh"`].join("\n");

/** Applies a group; one that could lock the operator out is confirmed over a new connection, or takes itself back. */
export function applyScript(ssh: SshAccess, { name, guarded }: Pick<HostGroup, "name" | "guarded">): string {
  const launch = quote(launcher(name, lastLine)).replaceAll(/[\\"$`]/g, "\\$&");
  const afterwards = guarded
    ? "the host takes back what was begun within 60 s, and the next run begins anew"
    : "what was begun there goes on to its end, and the next run takes it from there";
  return [
    ...beginning(ssh),
    'id="$(date +%s)-$$"',
    `code=0; ${ownPart} | $run "\${become}sh -c ${launch} launch $id \\"\\\${SSH_CONNECTION%% *}\\"" || code=$?`,
    'case "$code" in',
    "  0) ;;",
    "  # The host has said why.",
    `  ${refusal}) exit ${refusal} ;;`,
    "  # 255 is ssh's own, and what is above 128 is a signal that ended it.",
    `  12[89] | 1[3-9][0-9] | 2[0-9][0-9]) refuse "the connection to the host was lost (${name}); ${afterwards}" ;;`,
    `  *) refuse "the host could not be prepared (${name}), as the lines above say" ;;`,
    "esac",
    ...(guarded ? [confirm(ssh)] : []),
  ].join("\n");
}

function confirm(ssh: SshAccess): string {
  return [
    "for pause in 0 1 2 4; do",
    "  sleep $pause",
    `  if answer=$(on_host_anew "sudo -n ${keepCommand} $id" 2>&1 < /dev/null); then`,
    // Whoever comes next shall be let in by the new settings.
    "    on_host -O stop > /dev/null 2>&1 || true",
    "    on_host_first -O exit > /dev/null 2>&1 || true",
    "    exit 0",
    "  fi",
    '  case "$answer" in *"taken back already"*) refuse "the host has taken the new settings back before they were confirmed, since it took too long or another run came in between; run this again" ;; esac',
    "done",
    `refuse "with the new settings ${sshDestination(ssh, "fresh")} cannot sign in ($(last_line "$answer")); the host takes them back within 60 s and is then as before"`,
  ].join("\n");
}
