import type * as pulumi from "@pulumi/pulumi";
import { type Host, type HostCommand, hostCommand } from "./host";
import { commandLine, quote } from "./shell";

export interface GateArgs {
  readonly container: string;
  /** Asked inside the container until it exits with 0. */
  readonly probe: readonly string[];
  /** Seconds. */
  readonly timeout: number;
}

/**
 * A script that waits until the container answers its probe; it ends at once with the last lines of the log when
 * the container exits or starts over, and with them and the probe's last answer when the time is up.
 */
export function gateScript({ container, probe, timeout }: GateArgs): string {
  const name = quote(container);
  return [
    `deadline=$(( $(date +%s) + ${Math.ceil(timeout)} ))`,
    `fail() { echo "${container} $1" >&2; echo "last lines of its log:" >&2; docker logs --tail 20 ${name} >&2 || true; exit 1; }`,
    "starts= code=unknown",
    "while :; do",
    `  state=$(docker inspect --format '{{.State.Status}} {{.RestartCount}} {{.State.ExitCode}}' ${name} 2>/dev/null) || state="gone 0 0"`,
    `  set -- $state`,
    `  [ "$1" = running ] || code=$3`,
    `  [ "$code" != 137 ] || code="137: killed, most often for its memory limit"`,
    `  case "$1" in running|created|restarting) ;; *) fail "is $1 (exit code $code)" ;; esac`,
    `  [ "$2" = "\${starts:=$2}" ] || fail "keeps starting over (exit code $code)"`,
    `  if answer=$(docker exec ${name} ${commandLine(probe)} 2>&1); then exit 0; fi`,
    `  [ "$(date +%s)" -lt "$deadline" ] || fail "was not ready within ${Math.ceil(timeout)} s: $answer"`,
    "  sleep 0.3",
    "done",
  ].join("\n");
}

/** Holds back what depends on it until a container, known by its id, has proven itself. */
export function gate(
  name: string,
  host: Host,
  args: GateArgs,
  id: pulumi.Input<string>,
  options: pulumi.CustomResourceOptions,
): HostCommand {
  return hostCommand(name, host, { create: gateScript(args), triggers: [id] }, options);
}
